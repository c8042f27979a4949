-- Notes and links that belong to a session of a class. What a policy asks stands in the row:
-- `instructor_ids` are those of the session, kept by the trigger below.
CREATE TABLE class_notes (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  session_id uuid NOT NULL REFERENCES class_sessions (id),
  instructor_ids uuid[] NOT NULL DEFAULT '{}',
  -- One of the two may be empty; readers of that language read the other.
  title_en text NOT NULL DEFAULT '',
  title_zh text NOT NULL DEFAULT '',
  body text NOT NULL DEFAULT '',
  url text NOT NULL DEFAULT '',
  release text NOT NULL CHECK (release IN ('now', 'start', 'end', 'at')),
  release_at timestamptz,
  position integer NOT NULL DEFAULT 0,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (title_en <> '' OR title_zh <> ''),
  CHECK (body <> '' OR url <> ''),
  CHECK (release <> 'at' OR release_at IS NOT NULL)
);
CREATE INDEX class_notes_session ON class_notes (session_id, position, id);
CREATE INDEX class_notes_cohort ON class_notes (cohort_id);

-- A trainee has done with a note.
CREATE TABLE note_marks (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  note_id uuid NOT NULL REFERENCES class_notes (id) ON DELETE CASCADE,
  person_id uuid NOT NULL REFERENCES people (id),
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (note_id, person_id)
);
CREATE INDEX note_marks_person ON note_marks (person_id);

-- Whoever teaches the session keeps its notes, also after it has been handed over.
CREATE FUNCTION banyan_class_notes_taught() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE class_notes SET instructor_ids = NEW.instructor_ids WHERE session_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER class_notes_taught AFTER UPDATE OF instructor_ids ON class_sessions FOR EACH ROW
  WHEN (OLD.instructor_ids IS DISTINCT FROM NEW.instructor_ids) EXECUTE FUNCTION banyan_class_notes_taught();
