-- From the match to the first day: the answer to the offer, the agreement of three parties, the checklist,
-- the standing under the minimum-wage law. Every row carries whom its policies ask: `organisation_id` of the
-- institution and `person_id` of the trainee.
ALTER TABLE placements
  ADD COLUMN answered_at timestamptz,
  -- Why it was declined, withdrawn or lapsed.
  ADD COLUMN reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 2000),
  -- When the trainee was reminded of the offer.
  ADD COLUMN reminded_at timestamptz;
CREATE INDEX placements_answer_by ON placements (answer_by) WHERE state = 'offered';

-- The wording of the agreement, in versions; one that is published is never changed.
CREATE TABLE agreement_wordings (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  number integer NOT NULL CHECK (number > 0),
  text_en text NOT NULL CHECK (length(text_en) BETWEEN 1 AND 30000),
  text_zh text NOT NULL CHECK (length(text_zh) BETWEEN 1 AND 30000),
  published_at timestamptz NOT NULL,
  published_by uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (programme_id, number)
);
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON agreement_wordings FOR EACH ROW
  EXECUTE FUNCTION banyan_refuse_change();

-- An agreement of a placement, whole, as it is signed.
CREATE TABLE agreements (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  placement_id uuid NOT NULL REFERENCES placements (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  person_id uuid NOT NULL REFERENCES people (id),
  number integer NOT NULL CHECK (number > 0),
  wording_id uuid NOT NULL REFERENCES agreement_wordings (id),
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  hours_week integer NOT NULL CHECK (hours_week BETWEEN 1 AND 60),
  pay text NOT NULL DEFAULT '' CHECK (length(pay) <= 300),
  text_en text NOT NULL,
  text_zh text NOT NULL,
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  state text NOT NULL DEFAULT 'signing' CHECK (state IN ('signing', 'signed', 'void')),
  signed_at timestamptz,
  created_by uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (placement_id, number),
  CHECK (starts_on <= ends_on),
  CHECK (state <> 'signed' OR signed_at IS NOT NULL)
);
CREATE UNIQUE INDEX agreements_signing ON agreements (placement_id) WHERE state = 'signing';
CREATE INDEX agreements_programme ON agreements (programme_id);
CREATE INDEX agreements_organisation ON agreements (organisation_id);
CREATE INDEX agreements_person ON agreements (person_id);
CREATE INDEX agreements_wording ON agreements (wording_id);

CREATE TABLE agreement_signatures (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  agreement_id uuid NOT NULL REFERENCES agreements (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  person_id uuid NOT NULL REFERENCES people (id),
  party text NOT NULL CHECK (party IN ('trainee', 'institution', 'programme')),
  signed_by uuid NOT NULL,
  name_typed text NOT NULL CHECK (length(name_typed) BETWEEN 1 AND 200),
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  signed_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (agreement_id, party)
);
CREATE INDEX agreement_signatures_organisation ON agreement_signatures (organisation_id);
CREATE INDEX agreement_signatures_person ON agreement_signatures (person_id);
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON agreement_signatures FOR EACH ROW
  EXECUTE FUNCTION banyan_refuse_change();

-- The checklist of a programme, from which each placement gets its own when it is accepted.
CREATE TABLE checklist_items (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{1,39}$'),
  name_en text NOT NULL CHECK (length(name_en) BETWEEN 1 AND 300),
  name_zh text NOT NULL CHECK (length(name_zh) BETWEEN 1 AND 300),
  owner text NOT NULL CHECK (owner IN ('trainee', 'institution', 'office')),
  -- Days before the first day by which it is due; negative for days after.
  due_days integer NOT NULL CHECK (due_days BETWEEN -365 AND 365),
  evidence text NOT NULL CHECK (evidence IN ('none', 'note', 'date')),
  -- Must it be done before the first day?
  needed boolean NOT NULL,
  position integer NOT NULL,
  archived_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (programme_id, code)
);

CREATE TABLE placement_tasks (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  placement_id uuid NOT NULL REFERENCES placements (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  person_id uuid NOT NULL REFERENCES people (id),
  code text NOT NULL,
  name_en text NOT NULL,
  name_zh text NOT NULL,
  owner text NOT NULL CHECK (owner IN ('trainee', 'institution', 'office')),
  evidence text NOT NULL CHECK (evidence IN ('none', 'note', 'date')),
  needed boolean NOT NULL,
  position integer NOT NULL,
  due_on date NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'waived')),
  note text NOT NULL DEFAULT '' CHECK (length(note) <= 1000),
  held_on date,
  settled_by uuid,
  settled_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (placement_id, code),
  CHECK (state = 'open' OR settled_at IS NOT NULL),
  CHECK (state <> 'waived' OR note <> '')
);
CREATE INDEX placement_tasks_programme ON placement_tasks (programme_id, state, due_on);
CREATE INDEX placement_tasks_organisation ON placement_tasks (organisation_id);
CREATE INDEX placement_tasks_person ON placement_tasks (person_id);

-- How a placement stands under the Minimum Wage Ordinance (Cap. 608).
CREATE TABLE work_standings (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  placement_id uuid NOT NULL UNIQUE REFERENCES placements (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  person_id uuid NOT NULL REFERENCES people (id),
  kind text NOT NULL CHECK (kind IN ('student_intern', 'work_experience', 'employee')),
  -- What the decision rests on, as it was answered.
  facts jsonb NOT NULL CHECK (jsonb_typeof(facts) = 'object'),
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  -- The year in which the exempt period begins: a person has one in a calendar year.
  calendar_year integer NOT NULL,
  decided_by uuid NOT NULL,
  decided_at timestamptz NOT NULL,
  -- The declaration of a work-experience student, or nothing.
  declaration text NOT NULL DEFAULT '',
  declared_name text NOT NULL DEFAULT '' CHECK (length(declared_name) <= 200),
  declared_at timestamptz,
  sha256 text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  -- The placement was given up, so that the period never began.
  void boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (declared_name = '' OR declared_at IS NOT NULL)
);
CREATE UNIQUE INDEX work_standings_one_exempt ON work_standings (person_id, calendar_year) WHERE kind = 'work_experience' AND NOT void;
CREATE INDEX work_standings_programme ON work_standings (programme_id);
CREATE INDEX work_standings_organisation ON work_standings (organisation_id);
CREATE INDEX work_standings_person ON work_standings (person_id);
