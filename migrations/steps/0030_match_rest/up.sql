-- What a round needs beside its match: places given beforehand, a second round on what is left, first call
-- when a posting is withdrawn after publication, the repair of an error; who may edit and who may certify
-- an institution's lists.
ALTER TABLE placement_rounds
  -- A second round: of what is left of this one, whose postings it takes.
  ADD COLUMN parent_id uuid REFERENCES placement_rounds (id),
  -- How much of an institution's list a trainee's reasons tell.
  ADD COLUMN disclosure text NOT NULL DEFAULT 'reason' CHECK (disclosure IN ('reason', 'band', 'exact')),
  ADD CHECK (parent_id <> id);
CREATE INDEX placement_rounds_parent ON placement_rounds (parent_id);
CREATE UNIQUE INDEX placement_rounds_second ON placement_rounds (parent_id) WHERE state NOT IN ('matched', 'closed');

ALTER TABLE match_runs
  ADD COLUMN kind text NOT NULL DEFAULT 'official' CHECK (kind IN ('official', 'first_call', 'repair')),
  -- How many stand apart from it: placed beforehand, or already.
  ADD COLUMN apart integer NOT NULL DEFAULT 0 CHECK (apart >= 0),
  -- What a first call or a repair is about.
  ADD COLUMN details jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(details) = 'object');
ALTER TABLE match_runs DROP CONSTRAINT match_runs_check3, ADD CONSTRAINT match_runs_sound
  CHECK (state <> 'published' OR findings = '[]' OR kind = 'repair');
DROP INDEX match_runs_one;
CREATE UNIQUE INDEX match_runs_one ON match_runs (round_id) WHERE state <> 'voided' AND kind = 'official';
CREATE UNIQUE INDEX match_runs_waits ON match_runs (round_id) WHERE state = 'frozen' AND kind <> 'official';
-- A later run tells those whom it concerns anew.
ALTER TABLE match_results DROP CONSTRAINT match_results_round_id_enrolment_id_key, ADD UNIQUE (run_id, enrolment_id);
CREATE INDEX match_results_round ON match_results (round_id, enrolment_id);

-- A place given before the match: removed from it together with its seat. Two people give it.
CREATE TABLE places_beforehand (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  posting_id uuid NOT NULL REFERENCES postings (id),
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'approved', 'cancelled', 'placed')),
  asked_by uuid NOT NULL,
  approved_by uuid,
  approved_at timestamptz,
  ended_by uuid,
  ended_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (approved_by <> asked_by),
  CHECK (state NOT IN ('approved', 'placed') OR (approved_by IS NOT NULL AND approved_at IS NOT NULL)),
  CHECK ((state = 'cancelled') = (ended_by IS NOT NULL AND ended_at IS NOT NULL))
);
CREATE UNIQUE INDEX places_beforehand_one ON places_beforehand (round_id, enrolment_id) WHERE state <> 'cancelled';
CREATE INDEX places_beforehand_round ON places_beforehand (round_id);
CREATE INDEX places_beforehand_programme ON places_beforehand (programme_id);
CREATE INDEX places_beforehand_organisation ON places_beforehand (organisation_id);
CREATE INDEX places_beforehand_posting ON places_beforehand (posting_id);
CREATE INDEX places_beforehand_enrolment ON places_beforehand (enrolment_id);
CREATE INDEX places_beforehand_person ON places_beforehand (person_id);

-- An error found in a published match: what was wrong, and the run by which it was repaired.
CREATE TABLE match_repairs (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  -- `[{"kind", …}]`: what must be read otherwise than it was.
  corrections jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(corrections) = 'array'),
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'frozen', 'published', 'dropped')),
  run_id uuid REFERENCES match_runs (id),
  opened_by uuid NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (state NOT IN ('frozen', 'published') OR run_id IS NOT NULL)
);
CREATE UNIQUE INDEX match_repairs_one ON match_repairs (round_id) WHERE state IN ('open', 'frozen');
CREATE INDEX match_repairs_programme ON match_repairs (programme_id);
CREATE INDEX match_repairs_round ON match_repairs (round_id);
CREATE INDEX match_repairs_run ON match_repairs (run_id);

-- Whom an institution names for its lists in a round: who certifies them, and who edits them and does not
-- certify. As long as it names nobody to certify, every representative does.
CREATE TABLE list_people (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  person_id uuid NOT NULL REFERENCES people (id),
  part text NOT NULL CHECK (part IN ('certifier', 'delegate')),
  -- A delegate's only posting; none for all lists.
  posting_id uuid REFERENCES postings (id),
  named_by uuid NOT NULL,
  ended_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (part = 'delegate' OR posting_id IS NULL)
);
CREATE UNIQUE INDEX list_people_one ON list_people (round_id, organisation_id, person_id) WHERE ended_at IS NULL;
CREATE INDEX list_people_round ON list_people (round_id);
CREATE INDEX list_people_programme ON list_people (programme_id);
CREATE INDEX list_people_organisation ON list_people (organisation_id);
CREATE INDEX list_people_person ON list_people (person_id);
CREATE INDEX list_people_posting ON list_people (posting_id);
