-- During a placement: weekly logs and what supervisors decided of them, evaluations both ways, visits,
-- incidents, breaks, and how a placement ended. Nothing is deleted: a correction is a new decision.
ALTER TABLE links DROP CONSTRAINT links_purpose_check;
ALTER TABLE links ADD CONSTRAINT links_purpose_check
  CHECK (purpose IN ('sign_in', 'confirm', 'reset', 'invite', 'offer', 'log', 'evaluation'));

-- The log of a week. `days` is what the trainee works on and hands in; `approved` what counts, which stays until a
-- correction is approved in its turn.
CREATE TABLE weekly_logs (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  placement_id uuid NOT NULL REFERENCES placements (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  person_id uuid NOT NULL REFERENCES people (id),
  -- Its Monday.
  week date NOT NULL CHECK (extract(isodow FROM week) = 1),
  state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'submitted', 'approved', 'returned')),
  -- `[{"day", "from", "to", "rest", "task", "place", "competencies"}]`
  days jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(days) = 'array'),
  approved jsonb CHECK (jsonb_typeof(approved) = 'array'),
  remark text NOT NULL DEFAULT '' CHECK (length(remark) <= 2000),
  -- What the supervisor wrote when it was returned.
  comment text NOT NULL DEFAULT '' CHECK (length(comment) <= 2000),
  submitted_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (placement_id, week),
  CHECK (state <> 'submitted' OR submitted_at IS NOT NULL),
  CHECK (state <> 'approved' OR approved IS NOT NULL)
);
CREATE INDEX weekly_logs_programme ON weekly_logs (programme_id, state, submitted_at);
CREATE INDEX weekly_logs_organisation ON weekly_logs (organisation_id, state);
CREATE INDEX weekly_logs_person ON weekly_logs (person_id);

-- Each decision about a log, with what it was about.
CREATE TABLE log_decisions (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  log_id uuid NOT NULL REFERENCES weekly_logs (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  person_id uuid NOT NULL REFERENCES people (id),
  verdict text NOT NULL CHECK (verdict IN ('approved', 'returned')),
  days jsonb NOT NULL CHECK (jsonb_typeof(days) = 'array'),
  comment text NOT NULL DEFAULT '' CHECK (length(comment) <= 2000),
  -- By a private link, by who speaks for the institution, or by the office.
  way text NOT NULL CHECK (way IN ('link', 'institution', 'office')),
  decided_by uuid NOT NULL,
  decided_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (verdict = 'approved' OR comment <> '')
);
CREATE INDEX log_decisions_log ON log_decisions (log_id);
CREATE INDEX log_decisions_organisation ON log_decisions (organisation_id);
CREATE INDEX log_decisions_person ON log_decisions (person_id);
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON log_decisions FOR EACH ROW
  EXECUTE FUNCTION banyan_refuse_change();

-- An evaluation by the institution, or of oneself, at half-time or at the end.
CREATE TABLE evaluations (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  placement_id uuid NOT NULL REFERENCES placements (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  person_id uuid NOT NULL REFERENCES people (id),
  point text NOT NULL CHECK (point IN ('mid', 'final')),
  author text NOT NULL CHECK (author IN ('host', 'self')),
  answers jsonb NOT NULL CHECK (jsonb_typeof(answers) = 'object'),
  submitted_by uuid NOT NULL,
  submitted_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (placement_id, point, author)
);
CREATE INDEX evaluations_programme ON evaluations (programme_id);
CREATE INDEX evaluations_organisation ON evaluations (organisation_id);
CREATE INDEX evaluations_person ON evaluations (person_id);
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON evaluations FOR EACH ROW
  EXECUTE FUNCTION banyan_refuse_change();

-- What a trainee says of the institution at the end; it never reads this.
CREATE TABLE host_reviews (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  placement_id uuid NOT NULL UNIQUE REFERENCES placements (id),
  reviewed_id uuid NOT NULL REFERENCES organisations (id),
  person_id uuid NOT NULL REFERENCES people (id),
  answers jsonb NOT NULL CHECK (jsonb_typeof(answers) = 'object'),
  submitted_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX host_reviews_programme ON host_reviews (programme_id);
CREATE INDEX host_reviews_reviewed ON host_reviews (reviewed_id);
CREATE INDEX host_reviews_person ON host_reviews (person_id);
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON host_reviews FOR EACH ROW
  EXECUTE FUNCTION banyan_refuse_change();

-- A visit or call for the university. What was agreed is everybody's; the minutes are the office's.
CREATE TABLE visits (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  placement_id uuid NOT NULL REFERENCES placements (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  person_id uuid NOT NULL REFERENCES people (id),
  mode text NOT NULL CHECK (mode IN ('visit', 'call')),
  planned_on date NOT NULL,
  state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'held', 'cancelled')),
  actions text NOT NULL DEFAULT '' CHECK (length(actions) <= 2000),
  actions_due date,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX visits_programme ON visits (programme_id, state, planned_on);
CREATE INDEX visits_placement ON visits (placement_id);
CREATE INDEX visits_organisation ON visits (organisation_id);
CREATE INDEX visits_person ON visits (person_id);

CREATE TABLE visit_minutes (
  visit_id uuid PRIMARY KEY REFERENCES visits (id),
  programme_id uuid NOT NULL,
  attendees text NOT NULL DEFAULT '' CHECK (length(attendees) <= 500),
  points text NOT NULL CHECK (length(points) BETWEEN 1 AND 4000),
  concern boolean NOT NULL,
  written_by uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);

-- An incident. The office sees it, and whoever reported it their own words; nobody else.
CREATE TABLE incidents (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  placement_id uuid NOT NULL REFERENCES placements (id),
  reporter_id uuid NOT NULL REFERENCES people (id),
  severity text NOT NULL CHECK (severity IN ('low', 'serious', 'critical')),
  happened_on date NOT NULL,
  words text NOT NULL CHECK (length(words) BETWEEN 1 AND 4000),
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'acknowledged', 'closed')),
  acknowledged_at timestamptz,
  steps text NOT NULL DEFAULT '' CHECK (length(steps) <= 4000),
  closed_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (state <> 'closed' OR closed_at IS NOT NULL),
  CHECK (state <> 'closed' OR steps <> '')
);
CREATE INDEX incidents_programme ON incidents (programme_id, state);
CREATE INDEX incidents_placement ON incidents (placement_id);
CREATE INDEX incidents_reporter ON incidents (reporter_id);

-- Days on which a placement rests: no log is due, and no hours are contracted.
CREATE TABLE placement_breaks (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  placement_id uuid NOT NULL REFERENCES placements (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  person_id uuid NOT NULL REFERENCES people (id),
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (starts_on <= ends_on)
);
CREATE INDEX placement_breaks_programme ON placement_breaks (programme_id);
CREATE INDEX placement_breaks_placement ON placement_breaks (placement_id);
CREATE INDEX placement_breaks_organisation ON placement_breaks (organisation_id);
CREATE INDEX placement_breaks_person ON placement_breaks (person_id);

-- Why a placement ended before its time, for the office alone; and what came after it.
CREATE TABLE early_ends (
  placement_id uuid PRIMARY KEY REFERENCES placements (id),
  programme_id uuid NOT NULL REFERENCES programmes (id),
  initiator text NOT NULL CHECK (initiator IN ('trainee', 'institution', 'programme')),
  code text NOT NULL CHECK (code IN ('health', 'conduct', 'fit', 'work_changed', 'employment', 'other')),
  ended_on date NOT NULL,
  notes text NOT NULL DEFAULT '' CHECK (length(notes) <= 4000),
  next_id uuid REFERENCES placements (id),
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX early_ends_programme ON early_ends (programme_id);
CREATE INDEX early_ends_next ON early_ends (next_id);

-- Levels of competencies that an institution has seen: part of the trainee's profile.
CREATE TABLE placement_levels (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  placement_id uuid NOT NULL REFERENCES placements (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  person_id uuid NOT NULL REFERENCES people (id),
  competency_id uuid NOT NULL REFERENCES competencies (id),
  level integer NOT NULL CHECK (level BETWEEN 1 AND 4),
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (placement_id, competency_id)
);
CREATE INDEX placement_levels_programme ON placement_levels (programme_id);
CREATE INDEX placement_levels_organisation ON placement_levels (organisation_id);
CREATE INDEX placement_levels_person ON placement_levels (person_id);
CREATE INDEX placement_levels_competency ON placement_levels (competency_id);
