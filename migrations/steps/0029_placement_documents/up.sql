-- Documents that a trainee keeps for placements, and which of them an interest shares.
CREATE TABLE placement_documents (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  kind text NOT NULL CHECK (kind IN ('cv', 'transcript', 'letter', 'portfolio')),
  file_id uuid NOT NULL REFERENCES files (id),
  -- The trainee's own name for it, as the file has it.
  label text NOT NULL,
  removed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX placement_documents_enrolment ON placement_documents (enrolment_id);
CREATE INDEX placement_documents_person ON placement_documents (person_id);
CREATE INDEX placement_documents_file ON placement_documents (file_id);

-- What was shared with an interest, `[{"document", "file", "kind", "label"}]`: it stays until the interest is
-- taken back, whatever the trainee removes from their own list.
ALTER TABLE posting_interests ADD COLUMN papers jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(papers) = 'array');
