-- Days without classes beside the general holidays: of the whole programme, or of one university.
CREATE TABLE closed_periods (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  university_id uuid REFERENCES organisations (id),
  kind text NOT NULL CHECK (kind IN ('examination', 'reading_week', 'break')),
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  name_en text NOT NULL,
  name_zh text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (ends_on >= starts_on)
);
CREATE INDEX closed_periods_programme ON closed_periods (programme_id, starts_on);
CREATE INDEX closed_periods_university ON closed_periods (university_id);

-- A module as it is taught to a cohort.
CREATE TABLE offerings (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  module_id uuid NOT NULL REFERENCES modules (id),
  -- Empty: the module's own name.
  title_en text NOT NULL DEFAULT '',
  title_zh text NOT NULL DEFAULT '',
  instructor_ids uuid[] NOT NULL DEFAULT '{}',
  room text NOT NULL DEFAULT '',
  link text NOT NULL DEFAULT '',
  capacity integer NOT NULL CHECK (capacity > 0),
  -- Everybody of the cohort attends; otherwise those who have a place.
  whole_cohort boolean NOT NULL,
  state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'published', 'cancelled')),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX offerings_cohort ON offerings (cohort_id, id);
CREATE INDEX offerings_module ON offerings (module_id);

CREATE TABLE offering_places (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  offering_id uuid NOT NULL REFERENCES offerings (id),
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (offering_id, enrolment_id)
);
CREATE INDEX offering_places_enrolment ON offering_places (enrolment_id);
CREATE INDEX offering_places_person ON offering_places (person_id);

-- A meeting of a class (`sessions` are those of browsers). What a policy asks stands in the row.
CREATE TABLE class_sessions (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  offering_id uuid NOT NULL REFERENCES offerings (id),
  module_id uuid NOT NULL REFERENCES modules (id),
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  room text NOT NULL DEFAULT '',
  link text NOT NULL DEFAULT '',
  instructor_ids uuid[] NOT NULL DEFAULT '{}',
  -- Shown to trainees and instructors: its offering is published.
  published boolean NOT NULL DEFAULT false,
  state text NOT NULL DEFAULT 'scheduled' CHECK (state IN ('scheduled', 'cancelled', 'held')),
  cancel_reason text CHECK (cancel_reason IN ('signal_8', 'black_rain', 'extreme_conditions', 'instructor', 'room', 'other')),
  -- The cancelled session that it replaces.
  made_up_for uuid REFERENCES class_sessions (id),
  -- Counts the changes that calendars are told of.
  sequence integer NOT NULL DEFAULT 0,
  changed_at timestamptz NOT NULL DEFAULT banyan_now(),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (ends_at > starts_at),
  CHECK ((state = 'cancelled') = (cancel_reason IS NOT NULL))
);
CREATE INDEX class_sessions_cohort ON class_sessions (cohort_id, starts_at, id);
CREATE INDEX class_sessions_offering ON class_sessions (offering_id, starts_at);
CREATE INDEX class_sessions_module ON class_sessions (module_id);
CREATE INDEX class_sessions_programme ON class_sessions (programme_id, starts_at);
CREATE INDEX class_sessions_made_up ON class_sessions (made_up_for);
-- One session in the stead of a cancelled one, at a time.
CREATE UNIQUE INDEX class_sessions_made_up_once ON class_sessions (made_up_for) WHERE state <> 'cancelled';

-- A person's private calendar address: what is stored is the digest of its secret.
CREATE TABLE calendar_feeds (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES people (id),
  token_hash bytea NOT NULL UNIQUE,
  read_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX calendar_feeds_person ON calendar_feeds (person_id);
CREATE UNIQUE INDEX calendar_feeds_one ON calendar_feeds (person_id) WHERE revoked_at IS NULL;

-- A letter may carry a part for calendars: its method and its text.
ALTER TABLE letters ADD COLUMN calendar_method text CHECK (calendar_method IN ('REQUEST', 'CANCEL', 'PUBLISH')),
  ADD COLUMN calendar_text text;
