-- Interviews of a placement round: what the office allows, panels and their days, whom an institution
-- shortlists, when trainees cannot come, the timetable as a draft and as it is published. What a policy asks
-- stands in the row: what is an institution's carries `organisation_id`, what is a trainee's `person_id`.

-- What the office sets for a round: hours of the day in minutes after midnight, minutes between two
-- interviews of one trainee, and how many of theirs a day holds.
CREATE TABLE interview_rules (
  round_id uuid PRIMARY KEY REFERENCES placement_rounds (id),
  programme_id uuid NOT NULL REFERENCES programmes (id),
  earliest integer NOT NULL CHECK (earliest BETWEEN 0 AND 1439),
  latest integer NOT NULL CHECK (latest BETWEEN 1 AND 1440),
  gap_minutes integer NOT NULL CHECK (gap_minutes BETWEEN 0 AND 480),
  most_a_day integer NOT NULL CHECK (most_a_day BETWEEN 1 AND 50),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (earliest < latest)
);
CREATE INDEX interview_rules_programme ON interview_rules (programme_id);

-- Times at which nobody is interviewed; general holidays are that by themselves.
CREATE TABLE interview_blackouts (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  name_en text NOT NULL CHECK (length(name_en) BETWEEN 1 AND 200),
  name_zh text NOT NULL CHECK (length(name_zh) BETWEEN 1 AND 200),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (starts_at < ends_at)
);
CREATE INDEX interview_blackouts_programme ON interview_blackouts (programme_id);
CREATE INDEX interview_blackouts_round ON interview_blackouts (round_id, starts_at);

-- People of an institution who interview together, and for which postings.
CREATE TABLE interview_panels (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  -- `[{"name", "email"}]`.
  members jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(members) = 'array'),
  -- The language of letters to them.
  lang text NOT NULL DEFAULT 'en' CHECK (lang IN ('en', 'zh-Hant-HK')),
  posting_ids uuid[] NOT NULL DEFAULT '{}',
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX interview_panels_programme ON interview_panels (programme_id);
CREATE INDEX interview_panels_organisation ON interview_panels (organisation_id);
CREATE INDEX interview_panels_round ON interview_panels (round_id);

-- A panel sits somewhere for some hours of a day.
CREATE TABLE interview_days (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  panel_id uuid NOT NULL REFERENCES interview_panels (id),
  held_on date NOT NULL,
  starts_minute integer NOT NULL CHECK (starts_minute BETWEEN 0 AND 1439),
  ends_minute integer NOT NULL CHECK (ends_minute BETWEEN 1 AND 1440),
  length_minutes integer NOT NULL CHECK (length_minutes BETWEEN 5 AND 480),
  break_minutes integer NOT NULL CHECK (break_minutes BETWEEN 0 AND 480),
  room text NOT NULL DEFAULT '' CHECK (length(room) <= 300),
  link text NOT NULL DEFAULT '' CHECK (length(link) <= 1000),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (starts_minute < ends_minute),
  CHECK (room <> '' OR link <> '')
);
CREATE INDEX interview_days_programme ON interview_days (programme_id);
CREATE INDEX interview_days_organisation ON interview_days (organisation_id);
CREATE INDEX interview_days_round ON interview_days (round_id);
CREATE INDEX interview_days_panel ON interview_days (panel_id);

CREATE TABLE interview_slots (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  panel_id uuid NOT NULL REFERENCES interview_panels (id),
  day_id uuid NOT NULL REFERENCES interview_days (id),
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (starts_at < ends_at),
  UNIQUE (panel_id, starts_at)
);
CREATE INDEX interview_slots_programme ON interview_slots (programme_id);
CREATE INDEX interview_slots_organisation ON interview_slots (organisation_id);
CREATE INDEX interview_slots_round ON interview_slots (round_id);
CREATE INDEX interview_slots_day ON interview_slots (day_id);

-- Whom an institution wants to interview, of those who are interested. Name and number as the interest has them.
CREATE TABLE interview_candidates (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  posting_id uuid NOT NULL REFERENCES postings (id),
  interest_id uuid NOT NULL REFERENCES posting_interests (id),
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  name_shown text NOT NULL,
  trainee_number text NOT NULL,
  listed boolean NOT NULL DEFAULT true,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (interest_id)
);
CREATE INDEX interview_candidates_programme ON interview_candidates (programme_id);
CREATE INDEX interview_candidates_organisation ON interview_candidates (organisation_id);
CREATE INDEX interview_candidates_round ON interview_candidates (round_id);
CREATE INDEX interview_candidates_posting ON interview_candidates (posting_id);
CREATE INDEX interview_candidates_enrolment ON interview_candidates (enrolment_id);
CREATE INDEX interview_candidates_person ON interview_candidates (person_id);

-- When a trainee cannot come. Whoever cannot come to a time is not asked why.
CREATE TABLE interview_absences (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (starts_at < ends_at),
  UNIQUE (round_id, enrolment_id, starts_at, ends_at)
);
CREATE INDEX interview_absences_programme ON interview_absences (programme_id);
CREATE INDEX interview_absences_enrolment ON interview_absences (enrolment_id);
CREATE INDEX interview_absences_person ON interview_absences (person_id);

-- An interview as it is published. Its id is the event's in calendars for ever; each change counts `sequence` up.
CREATE TABLE interviews (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  posting_id uuid NOT NULL REFERENCES postings (id),
  candidate_id uuid NOT NULL REFERENCES interview_candidates (id),
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  name_shown text NOT NULL,
  trainee_number text NOT NULL,
  panel_id uuid NOT NULL REFERENCES interview_panels (id),
  slot_id uuid NOT NULL REFERENCES interview_slots (id),
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  room text NOT NULL DEFAULT '',
  link text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT 'scheduled' CHECK (state IN ('scheduled', 'held', 'missed', 'cancelled')),
  sequence integer NOT NULL DEFAULT 0 CHECK (sequence >= 0),
  changed_at timestamptz NOT NULL,
  -- A trainee asks for another time, in their words; emptied by the answer.
  asked_at timestamptz,
  asked_why text NOT NULL DEFAULT '' CHECK (length(asked_why) <= 1000),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (starts_at < ends_at),
  CHECK ((asked_at IS NULL) = (asked_why = ''))
);
-- No slot is given twice, and nobody is in two places: these hold whatever the code does.
CREATE UNIQUE INDEX interviews_slot ON interviews (slot_id) WHERE state <> 'cancelled';
CREATE UNIQUE INDEX interviews_candidate ON interviews (candidate_id) WHERE state <> 'cancelled';
CREATE UNIQUE INDEX interviews_person_at ON interviews (person_id, starts_at) WHERE state <> 'cancelled';
CREATE INDEX interviews_programme ON interviews (programme_id);
CREATE INDEX interviews_organisation ON interviews (organisation_id);
CREATE INDEX interviews_round ON interviews (round_id, starts_at);
CREATE INDEX interviews_posting ON interviews (posting_id);
CREATE INDEX interviews_of_candidate ON interviews (candidate_id);
CREATE INDEX interviews_enrolment ON interviews (enrolment_id);
CREATE INDEX interviews_person ON interviews (person_id);
CREATE INDEX interviews_panel ON interviews (panel_id);
CREATE INDEX interviews_of_slot ON interviews (slot_id);

-- A line of a timetable that is computed and not published: a slot, or why there is none.
CREATE TABLE interview_drafts (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  posting_id uuid NOT NULL REFERENCES postings (id),
  candidate_id uuid NOT NULL REFERENCES interview_candidates (id),
  person_id uuid NOT NULL REFERENCES people (id),
  name_shown text NOT NULL,
  trainee_number text NOT NULL,
  slot_id uuid REFERENCES interview_slots (id),
  starts_at timestamptz,
  ends_at timestamptz,
  room text NOT NULL DEFAULT '',
  link text NOT NULL DEFAULT '',
  reason text NOT NULL DEFAULT '' CHECK (reason IN ('', 'no_panel', 'no_slot', 'full', 'cannot')),
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (candidate_id),
  UNIQUE (slot_id),
  CHECK ((slot_id IS NULL) = (reason <> '')),
  CHECK ((slot_id IS NULL) = (starts_at IS NULL) AND (slot_id IS NULL) = (ends_at IS NULL))
);
CREATE INDEX interview_drafts_programme ON interview_drafts (programme_id);
CREATE INDEX interview_drafts_organisation ON interview_drafts (organisation_id);
CREATE INDEX interview_drafts_round ON interview_drafts (round_id);
CREATE INDEX interview_drafts_posting ON interview_drafts (posting_id);
CREATE INDEX interview_drafts_person ON interview_drafts (person_id);

-- What came of the last computation: of the whole for the office, of its own part for each institution.
CREATE TABLE interview_computations (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  organisation_id uuid REFERENCES organisations (id),
  -- The fewest times that any timetable takes, and how many this one takes.
  bound integer NOT NULL CHECK (bound >= 0),
  used integer NOT NULL CHECK (used >= 0),
  placed integer NOT NULL CHECK (placed >= 0),
  unplaced integer NOT NULL CHECK (unplaced >= 0),
  -- Why it takes more than the fewest; the office's alone.
  whys text[] NOT NULL DEFAULT '{}',
  published_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE UNIQUE INDEX interview_computations_part ON interview_computations (round_id, organisation_id) WHERE organisation_id IS NOT NULL;
CREATE UNIQUE INDEX interview_computations_whole ON interview_computations (round_id) WHERE organisation_id IS NULL;
CREATE INDEX interview_computations_round ON interview_computations (round_id);
CREATE INDEX interview_computations_programme ON interview_computations (programme_id);
CREATE INDEX interview_computations_organisation ON interview_computations (organisation_id);

-- What an institution notes of a candidate, before and after the interview. Its own alone: no policy lets the
-- office, the trainee or a task read it.
CREATE TABLE interview_notes (
  candidate_id uuid PRIMARY KEY REFERENCES interview_candidates (id),
  programme_id uuid NOT NULL REFERENCES programmes (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  before_words text NOT NULL DEFAULT '' CHECK (length(before_words) <= 4000),
  after_words text NOT NULL DEFAULT '' CHECK (length(after_words) <= 4000),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX interview_notes_programme ON interview_notes (programme_id);
CREATE INDEX interview_notes_organisation ON interview_notes (organisation_id);
