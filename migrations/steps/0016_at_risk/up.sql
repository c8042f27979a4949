-- The plain rules by which a trainee is found to be at risk, one row for each version; the newest is in
-- force. A programme without a row goes by the defaults of `at_risk::rules`.
CREATE TABLE at_risk_rules (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  number integer NOT NULL CHECK (number > 0),
  -- Hundredths of a percent.
  attendance_below integer NOT NULL CHECK (attendance_below BETWEEN 0 AND 10000),
  -- Minutes that must have been held before attendance says anything.
  attendance_after integer NOT NULL CHECK (attendance_after >= 0),
  overdue_from integer NOT NULL CHECK (overdue_from > 0),
  silent_days integer NOT NULL CHECK (silent_days > 0),
  mark_below integer NOT NULL CHECK (mark_below BETWEEN 0 AND 10000),
  trend_drop integer NOT NULL CHECK (trend_drop BETWEEN 1 AND 10000),
  trend_of integer NOT NULL CHECK (trend_of BETWEEN 1 AND 20),
  points_attendance integer NOT NULL CHECK (points_attendance BETWEEN 0 AND 10),
  points_overdue integer NOT NULL CHECK (points_overdue BETWEEN 0 AND 10),
  points_silence integer NOT NULL CHECK (points_silence BETWEEN 0 AND 10),
  points_marks integer NOT NULL CHECK (points_marks BETWEEN 0 AND 10),
  points_attendance_trend integer NOT NULL CHECK (points_attendance_trend BETWEEN 0 AND 10),
  points_marks_trend integer NOT NULL CHECK (points_marks_trend BETWEEN 0 AND 10),
  case_from integer NOT NULL CHECK (case_from > 0),
  author_id uuid NOT NULL REFERENCES people (id),
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (programme_id, number)
);
CREATE INDEX at_risk_rules_author ON at_risk_rules (author_id);

-- Each look at a programme's trainees: at most one of its own accord a day, and those asked for.
CREATE TABLE risk_looks (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  -- The day of the daily look; NULL for one that was asked for.
  looked_on date,
  trainees integer NOT NULL,
  opened integer NOT NULL,
  gone integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (programme_id, looked_on)
);
CREATE INDEX risk_looks_programme ON risk_looks (programme_id, id);

-- The staff's side of a case. What the trainee sees of it stands in `risk_standings`.
CREATE TABLE risk_cases (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  -- Who teaches the trainee, so that a policy need not look elsewhere.
  instructor_ids uuid[] NOT NULL DEFAULT '{}',
  rules_number integer NOT NULL DEFAULT 0,
  -- What is found, and every code that was ever found in this case.
  reasons jsonb NOT NULL DEFAULT '[]',
  codes text[] NOT NULL DEFAULT '{}',
  severity integer NOT NULL DEFAULT 0,
  -- Since when nothing is found any more: proposed for closing, unless the case rests.
  gone_at timestamptz,
  -- The trainee pauses or takes part no more: nobody looks, which is no improvement.
  resting boolean NOT NULL DEFAULT false,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'in_hand', 'closed')),
  outcome text CHECK (outcome IN ('recovered', 'withdrew', 'deferred', 'failed', 'false_alarm')),
  owner_id uuid REFERENCES people (id),
  due_on date,
  -- The trainee has been written to.
  told_at timestamptz,
  -- The case of the same trainee that was closed before.
  follows_id uuid REFERENCES risk_cases (id),
  opened_at timestamptz NOT NULL DEFAULT banyan_now(),
  closed_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK ((state = 'closed') = (outcome IS NOT NULL)),
  CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
  CHECK (NOT resting OR gone_at IS NOT NULL)
);
-- One open case for each enrolment.
CREATE UNIQUE INDEX risk_cases_one ON risk_cases (enrolment_id) WHERE state <> 'closed';
CREATE INDEX risk_cases_enrolment ON risk_cases (enrolment_id);
CREATE INDEX risk_cases_programme ON risk_cases (programme_id, state, id);
CREATE INDEX risk_cases_cohort ON risk_cases (cohort_id);
CREATE INDEX risk_cases_person ON risk_cases (person_id);
CREATE INDEX risk_cases_owner ON risk_cases (owner_id);
CREATE INDEX risk_cases_follows ON risk_cases (follows_id);

-- The trainee's side: what was found and since when, and who looks after it.
CREATE TABLE risk_standings (
  case_id uuid PRIMARY KEY REFERENCES risk_cases (id),
  programme_id uuid NOT NULL,
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  reasons jsonb NOT NULL DEFAULT '[]',
  resting boolean NOT NULL DEFAULT false,
  owner_name text NOT NULL DEFAULT '',
  opened_at timestamptz NOT NULL DEFAULT banyan_now(),
  looked_at timestamptz NOT NULL DEFAULT banyan_now(),
  closed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX risk_standings_person ON risk_standings (person_id);
CREATE INDEX risk_standings_enrolment ON risk_standings (enrolment_id);

CREATE TABLE risk_notes (
  id uuid PRIMARY KEY,
  case_id uuid NOT NULL REFERENCES risk_cases (id),
  programme_id uuid NOT NULL,
  -- The trainee.
  person_id uuid NOT NULL REFERENCES people (id),
  author_id uuid NOT NULL REFERENCES people (id),
  author_name text NOT NULL,
  body text NOT NULL,
  -- May the trainee read it?
  shown boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX risk_notes_case ON risk_notes (case_id, id);
CREATE INDEX risk_notes_person ON risk_notes (person_id);
CREATE INDEX risk_notes_author ON risk_notes (author_id);

-- What a trainee lets their university or institution see.
CREATE TABLE sharing_consents (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  scope text NOT NULL CHECK (scope IN ('attendance', 'results', 'progress', 'timetable')),
  -- The version of the words that were agreed to.
  words integer NOT NULL,
  withdrawn_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE UNIQUE INDEX sharing_consents_one ON sharing_consents (enrolment_id, organisation_id, scope) WHERE withdrawn_at IS NULL;
CREATE INDEX sharing_consents_enrolment ON sharing_consents (enrolment_id);
CREATE INDEX sharing_consents_person ON sharing_consents (person_id);
CREATE INDEX sharing_consents_organisation ON sharing_consents (organisation_id, enrolment_id);
CREATE INDEX sharing_consents_programme ON sharing_consents (programme_id);

-- Who of an organisation looked at what of whom.
CREATE TABLE looks (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  looker_id uuid NOT NULL REFERENCES people (id),
  looker_name text NOT NULL,
  scope text NOT NULL CHECK (scope IN ('attendance', 'results', 'progress', 'timetable')),
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX looks_person ON looks (person_id, id);
CREATE INDEX looks_enrolment ON looks (enrolment_id);
CREATE INDEX looks_organisation ON looks (organisation_id, id);
CREATE INDEX looks_looker ON looks (looker_id);
CREATE INDEX looks_programme ON looks (programme_id);

-- The daily look begins with those who take part.
CREATE INDEX enrolments_living ON enrolments (programme_id, id) WHERE state IN ('enrolled', 'active');
