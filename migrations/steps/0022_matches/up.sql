-- The match of a round: rank lists and what was certified of them, the lots, runs, results, placements.
-- What a policy asks stands in the row: a trainee's row carries `person_id`, an institution's
-- `organisation_id`, and none carries both before the match is published.

-- A working list: tiers of equals, best first, `[["id", …], …]`.
CREATE TABLE rank_lists (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  kind text NOT NULL CHECK (kind IN ('trainee', 'bank', 'posting')),
  person_id uuid REFERENCES people (id),
  enrolment_id uuid REFERENCES enrolments (id),
  organisation_id uuid REFERENCES organisations (id),
  posting_id uuid REFERENCES postings (id),
  entries jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(entries) = 'array'),
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK ((kind = 'trainee') = (person_id IS NOT NULL AND enrolment_id IS NOT NULL)),
  CHECK ((kind = 'trainee') = (organisation_id IS NULL)),
  CHECK ((kind = 'posting') = (posting_id IS NOT NULL))
);
CREATE UNIQUE INDEX rank_lists_trainee ON rank_lists (round_id, enrolment_id) WHERE kind = 'trainee';
CREATE UNIQUE INDEX rank_lists_bank ON rank_lists (round_id, organisation_id) WHERE kind = 'bank';
CREATE UNIQUE INDEX rank_lists_posting ON rank_lists (round_id, posting_id) WHERE kind = 'posting';
CREATE INDEX rank_lists_programme ON rank_lists (programme_id);
CREATE INDEX rank_lists_person ON rank_lists (person_id);
CREATE INDEX rank_lists_enrolment ON rank_lists (enrolment_id);
CREATE INDEX rank_lists_organisation ON rank_lists (organisation_id);
CREATE INDEX rank_lists_of_posting ON rank_lists (posting_id);

-- What was certified, each time: the last one counts.
CREATE TABLE certified_lists (
  id uuid PRIMARY KEY,
  list_id uuid NOT NULL REFERENCES rank_lists (id),
  programme_id uuid NOT NULL,
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  person_id uuid REFERENCES people (id),
  organisation_id uuid REFERENCES organisations (id),
  sequence integer NOT NULL CHECK (sequence > 0),
  entries jsonb NOT NULL CHECK (jsonb_typeof(entries) = 'array'),
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  certified_by uuid NOT NULL,
  certified_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (list_id, sequence),
  CHECK ((person_id IS NULL) <> (organisation_id IS NULL))
);
CREATE INDEX certified_lists_round ON certified_lists (round_id);
CREATE INDEX certified_lists_person ON certified_lists (person_id);
CREATE INDEX certified_lists_organisation ON certified_lists (organisation_id);
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON certified_lists FOR EACH ROW
  EXECUTE FUNCTION banyan_refuse_change();

-- The lots' secret of a round. Only the task reads it; what is published of it is its hash.
CREATE TABLE match_seeds (
  round_id uuid PRIMARY KEY REFERENCES placement_rounds (id),
  programme_id uuid NOT NULL,
  seed text NOT NULL CHECK (seed ~ '^[0-9a-f]{64}$'),
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON match_seeds FOR EACH ROW
  EXECUTE FUNCTION banyan_refuse_change();

-- What was published of it before lists closed, and the seed itself once the match is published.
CREATE TABLE match_commitments (
  round_id uuid PRIMARY KEY REFERENCES placement_rounds (id),
  programme_id uuid NOT NULL,
  seed_sha256 text NOT NULL CHECK (seed_sha256 ~ '^[0-9a-f]{64}$'),
  seed text,
  committed_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);

CREATE TABLE match_runs (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  -- Counted up in the round; the run's id in the match is the round's with this number.
  number integer NOT NULL CHECK (number > 0),
  run_id text NOT NULL UNIQUE,
  state text NOT NULL DEFAULT 'frozen' CHECK (state IN ('frozen', 'published', 'voided')),
  input_sha256 text NOT NULL CHECK (input_sha256 ~ '^[0-9a-f]{64}$'),
  output_sha256 text NOT NULL CHECK (output_sha256 ~ '^[0-9a-f]{64}$'),
  seed_sha256 text CHECK (seed_sha256 ~ '^[0-9a-f]{64}$'),
  -- The figures; what the verifier found, empty when the run is sound.
  summary jsonb NOT NULL CHECK (jsonb_typeof(summary) = 'object'),
  findings jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(findings) = 'array'),
  frozen_by uuid NOT NULL,
  frozen_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  published_by uuid,
  published_at timestamptz,
  voided_by uuid,
  voided_at timestamptz,
  void_reason text NOT NULL DEFAULT '' CHECK (length(void_reason) <= 2000),
  UNIQUE (round_id, number),
  CHECK ((state = 'published') = (published_by IS NOT NULL AND published_at IS NOT NULL)),
  CHECK ((state = 'voided') = (voided_by IS NOT NULL AND voided_at IS NOT NULL AND void_reason <> '')),
  -- Two people publish, and nothing that the verifier has found fault with.
  CHECK (published_by IS NULL OR published_by <> frozen_by),
  CHECK (state <> 'published' OR findings = '[]')
);
CREATE UNIQUE INDEX match_runs_one ON match_runs (round_id) WHERE state <> 'voided';
CREATE INDEX match_runs_programme ON match_runs (programme_id);

-- A run whole: the canonical form of what went in, and the files of what came out.
CREATE TABLE match_snapshots (
  run_id uuid PRIMARY KEY REFERENCES match_runs (id),
  programme_id uuid NOT NULL,
  input text NOT NULL,
  assignment text NOT NULL,
  cutoffs text NOT NULL,
  bank_cutoffs text NOT NULL,
  reasons text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON match_snapshots FOR EACH ROW
  EXECUTE FUNCTION banyan_refuse_change();

-- What a trainee is told: where they are placed, and one reason for each posting of their list.
CREATE TABLE match_results (
  id uuid PRIMARY KEY,
  run_id uuid NOT NULL REFERENCES match_runs (id),
  programme_id uuid NOT NULL,
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  posting_id uuid REFERENCES postings (id),
  -- `[{"posting", "reason", "detail"}]`, in the order of the list; no cut-off and nobody's place.
  lines jsonb NOT NULL CHECK (jsonb_typeof(lines) = 'array'),
  published_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (round_id, enrolment_id)
);
CREATE INDEX match_results_run ON match_results (run_id);
CREATE INDEX match_results_person ON match_results (person_id);
CREATE INDEX match_results_enrolment ON match_results (enrolment_id);
CREATE INDEX match_results_posting ON match_results (posting_id);
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON match_results FOR EACH ROW
  EXECUTE FUNCTION banyan_refuse_change();

-- A placement; never deleted, so that it stays known who was where.
CREATE TABLE placements (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  run_id uuid REFERENCES match_runs (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  posting_id uuid NOT NULL REFERENCES postings (id),
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  name_shown text NOT NULL,
  trainee_number text NOT NULL,
  state text NOT NULL DEFAULT 'offered' CHECK (state IN ('offered', 'accepted', 'agreement_signed', 'onboarding', 'active',
    'mid_review', 'completed', 'ended_early', 'withdrawn_by_trainee', 'withdrawn_by_bank')),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE UNIQUE INDEX placements_one ON placements (round_id, enrolment_id)
  WHERE state NOT IN ('ended_early', 'withdrawn_by_trainee', 'withdrawn_by_bank');
CREATE INDEX placements_programme ON placements (programme_id, state);
CREATE INDEX placements_run ON placements (run_id);
CREATE INDEX placements_organisation ON placements (organisation_id);
CREATE INDEX placements_posting ON placements (posting_id);
CREATE INDEX placements_enrolment ON placements (enrolment_id);
CREATE INDEX placements_person ON placements (person_id);
CREATE INDEX rank_lists_round ON rank_lists (round_id);
CREATE INDEX placements_round ON placements (round_id);
