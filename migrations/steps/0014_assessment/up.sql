-- A part of a module's assessment plan, set for one offering.
-- Marks, penalties and pass marks are hundredths of a per cent; points of a rubric are whole.
CREATE TABLE assessments (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  offering_id uuid NOT NULL REFERENCES offerings (id),
  module_id uuid NOT NULL REFERENCES modules (id),
  -- The version of the module with which the cohort began, and the place of the part in its plan, from 1.
  plan_number integer NOT NULL,
  part integer NOT NULL CHECK (part > 0),
  kind text NOT NULL,
  title_en text NOT NULL,
  title_zh text NOT NULL,
  brief_en text NOT NULL DEFAULT '',
  brief_zh text NOT NULL DEFAULT '',
  opens_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  -- Late work is taken for so many hours, at so much less for each day begun, and never less than the cap.
  late_hours integer NOT NULL DEFAULT 0 CHECK (late_hours BETWEEN 0 AND 1440),
  late_per_day integer NOT NULL DEFAULT 0 CHECK (late_per_day BETWEEN 0 AND 10000),
  late_cap integer NOT NULL DEFAULT 10000 CHECK (late_cap BETWEEN 0 AND 10000),
  takes_files boolean NOT NULL,
  max_files integer NOT NULL DEFAULT 1 CHECK (max_files BETWEEN 1 AND 5),
  max_bytes integer NOT NULL DEFAULT 10485760 CHECK (max_bytes > 0),
  anonymous boolean NOT NULL DEFAULT true,
  pass_mark integer NOT NULL DEFAULT 5000 CHECK (pass_mark BETWEEN 1 AND 10000),
  second_rule text NOT NULL DEFAULT 'none' CHECK (second_rule IN ('none', 'sample', 'all')),
  second_share integer NOT NULL DEFAULT 0 CHECK (second_share BETWEEN 0 AND 100),
  borderline integer NOT NULL DEFAULT 0 CHECK (borderline BETWEEN 0 AND 10000),
  tolerance integer NOT NULL DEFAULT 500 CHECK (tolerance BETWEEN 0 AND 10000),
  rubric jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(rubric) = 'array'),
  rubric_number integer NOT NULL DEFAULT 1,
  appeal_days integer NOT NULL DEFAULT 10 CHECK (appeal_days BETWEEN 0 AND 90),
  -- For those who failed that one; at most the pass mark unless told otherwise.
  resit_of uuid REFERENCES assessments (id),
  resit_capped boolean NOT NULL DEFAULT true,
  -- Who teaches it or marks it.
  instructor_ids uuid[] NOT NULL DEFAULT '{}',
  state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'open', 'marking', 'moderated', 'released')),
  released_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (due_at > opens_at),
  CHECK ((state = 'released') = (released_at IS NOT NULL))
);
CREATE INDEX assessments_cohort ON assessments (cohort_id, due_at, id);
CREATE INDEX assessments_offering ON assessments (offering_id);
CREATE INDEX assessments_module ON assessments (module_id);
CREATE INDEX assessments_resit ON assessments (resit_of);

-- Who is assessed, and until when: what the trainee may know before the release. Markers never read it.
CREATE TABLE assessment_candidates (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  assessment_id uuid NOT NULL REFERENCES assessments (id),
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  number integer NOT NULL,
  -- Their own due time, where an extension moved it.
  extended_to timestamptz,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (assessment_id, enrolment_id),
  UNIQUE (assessment_id, number)
);
CREATE INDEX assessment_candidates_enrolment ON assessment_candidates (enrolment_id);
CREATE INDEX assessment_candidates_person ON assessment_candidates (person_id);
CREATE INDEX assessment_candidates_cohort ON assessment_candidates (cohort_id);

CREATE TABLE assessment_extensions (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  assessment_id uuid NOT NULL REFERENCES assessments (id),
  candidate_id uuid NOT NULL REFERENCES assessment_candidates (id),
  person_id uuid NOT NULL REFERENCES people (id),
  reason text NOT NULL,
  until_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('requested', 'granted', 'refused', 'withdrawn')),
  note text NOT NULL DEFAULT '',
  decided_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX assessment_extensions_cohort ON assessment_extensions (cohort_id);
CREATE INDEX assessment_extensions_assessment ON assessment_extensions (assessment_id, created_at, id);
CREATE INDEX assessment_extensions_person ON assessment_extensions (person_id);
CREATE INDEX assessment_extensions_candidate ON assessment_extensions (candidate_id);
CREATE UNIQUE INDEX assessment_extensions_one ON assessment_extensions (candidate_id) WHERE state = 'requested';

-- Each try is kept; the last one that is not withdrawn counts.
CREATE TABLE submissions (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  assessment_id uuid NOT NULL REFERENCES assessments (id),
  candidate_id uuid NOT NULL REFERENCES assessment_candidates (id),
  person_id uuid NOT NULL REFERENCES people (id),
  try integer NOT NULL,
  file_ids uuid[] NOT NULL,
  submitted_at timestamptz NOT NULL DEFAULT banyan_now(),
  days_late integer NOT NULL DEFAULT 0,
  withdrawn_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (candidate_id, try)
);
CREATE INDEX submissions_assessment ON submissions (assessment_id);
CREATE INDEX submissions_cohort ON submissions (cohort_id);
CREATE INDEX submissions_person ON submissions (person_id);

-- What is marked. Its label is all that a marker learns of whose it is.
CREATE TABLE scripts (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  assessment_id uuid NOT NULL REFERENCES assessments (id),
  candidate_id uuid NOT NULL UNIQUE REFERENCES assessment_candidates (id),
  label text NOT NULL,
  file_ids uuid[] NOT NULL DEFAULT '{}',
  days_late integer NOT NULL DEFAULT 0,
  penalty integer NOT NULL DEFAULT 0 CHECK (penalty BETWEEN 0 AND 10000),
  state text NOT NULL DEFAULT 'not_marked' CHECK (state IN ('not_marked', 'in_marking', 'marked', 'second_marked', 'agreed')),
  absent boolean NOT NULL DEFAULT false,
  first_id uuid REFERENCES people (id),
  second_id uuid REFERENCES people (id),
  -- The two, for the policy.
  instructor_ids uuid[] NOT NULL DEFAULT '{}',
  -- Agreed points by criterion in hundredths of a point, and the mark that they make.
  agreed_points jsonb,
  agreed integer CHECK (agreed BETWEEN 0 AND 10000),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (second_id IS NULL OR second_id <> first_id)
);
CREATE INDEX scripts_assessment ON scripts (assessment_id, label, id);
CREATE INDEX scripts_cohort ON scripts (cohort_id);
CREATE INDEX scripts_first ON scripts (first_id);
CREATE INDEX scripts_second ON scripts (second_id);

-- What one marker gives. An instructor reads their own alone: the second marker is blind.
CREATE TABLE script_marks (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  assessment_id uuid NOT NULL REFERENCES assessments (id),
  script_id uuid NOT NULL REFERENCES scripts (id),
  role text NOT NULL CHECK (role IN ('first', 'second', 'moderator')),
  marker_id uuid NOT NULL REFERENCES people (id),
  points jsonb NOT NULL,
  comments jsonb NOT NULL DEFAULT '[]',
  feedback text NOT NULL DEFAULT '',
  mark integer CHECK (mark BETWEEN 0 AND 10000),
  done boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  saved_at timestamptz NOT NULL DEFAULT banyan_now(),
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (script_id, role)
);
CREATE INDEX script_marks_assessment ON script_marks (assessment_id);
CREATE INDEX script_marks_cohort ON script_marks (cohort_id);
CREATE INDEX script_marks_marker ON script_marks (marker_id);

-- What a trainee reads, from the release on.
CREATE TABLE released_marks (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  assessment_id uuid NOT NULL REFERENCES assessments (id),
  candidate_id uuid NOT NULL UNIQUE REFERENCES assessment_candidates (id),
  module_id uuid NOT NULL REFERENCES modules (id),
  part integer NOT NULL,
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  resit boolean NOT NULL DEFAULT false,
  pass_mark integer NOT NULL,
  raw integer CHECK (raw BETWEEN 0 AND 10000),
  penalty integer NOT NULL DEFAULT 0,
  -- Empty: nothing was handed in, or nobody came.
  mark integer CHECK (mark BETWEEN 0 AND 10000),
  criteria jsonb NOT NULL DEFAULT '[]',
  feedback text NOT NULL DEFAULT '',
  appeal_until timestamptz,
  released_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX released_marks_assessment ON released_marks (assessment_id);
CREATE INDEX released_marks_cohort ON released_marks (cohort_id, enrolment_id);
CREATE INDEX released_marks_module ON released_marks (module_id);
CREATE INDEX released_marks_enrolment ON released_marks (enrolment_id);
CREATE INDEX released_marks_person ON released_marks (person_id);

CREATE TABLE appeals (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  assessment_id uuid NOT NULL REFERENCES assessments (id),
  released_id uuid NOT NULL REFERENCES released_marks (id),
  person_id uuid NOT NULL REFERENCES people (id),
  grounds text NOT NULL,
  state text NOT NULL CHECK (state IN ('lodged', 'upheld', 'dismissed', 'withdrawn')),
  reason text NOT NULL DEFAULT '',
  mark_before integer,
  mark_after integer,
  decided_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX appeals_assessment ON appeals (assessment_id, created_at, id);
CREATE INDEX appeals_cohort ON appeals (cohort_id);
CREATE INDEX appeals_released ON appeals (released_id);
CREATE INDEX appeals_person ON appeals (person_id);
CREATE UNIQUE INDEX appeals_one ON appeals (released_id) WHERE state <> 'withdrawn';

-- What was handed in stays as it was; it is only taken back.
CREATE FUNCTION banyan_submission_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - 'withdrawn_at' IS DISTINCT FROM to_jsonb(OLD) - 'withdrawn_at' THEN
    RAISE EXCEPTION 'a submission stays as it was handed in';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER submission_stays BEFORE UPDATE ON submissions FOR EACH ROW EXECUTE FUNCTION banyan_submission_stays();
