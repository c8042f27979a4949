CREATE TABLE releases (
  id uuid PRIMARY KEY,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  programme_id uuid NOT NULL,
  released_by uuid NOT NULL REFERENCES people (id),
  offers integer NOT NULL,
  waitlisted integer NOT NULL,
  rejected integer NOT NULL,
  ineligible integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX releases_cohort ON releases (cohort_id, id);
CREATE INDEX releases_released_by ON releases (released_by);
ALTER TABLE application_cases ADD CONSTRAINT application_cases_release_fk FOREIGN KEY (release_id) REFERENCES releases (id);

CREATE TABLE offers (
  id uuid PRIMARY KEY,
  application_id uuid NOT NULL REFERENCES applications (id),
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  pool_id uuid NOT NULL REFERENCES seat_pools (id),
  programme_id uuid NOT NULL,
  person_id uuid NOT NULL REFERENCES people (id),
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'declined', 'expired', 'withdrawn')),
  expires_at timestamptz NOT NULL,
  -- Rank on the waitlist from which it was promoted; NULL when offered by a release.
  promoted_rank integer,
  reason text,
  ended_at timestamptz,
  -- When the seat of an accepted offer was given up: the applicant or the trainee left.
  vacated_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK ((state = 'open') = (ended_at IS NULL)),
  CHECK (vacated_at IS NULL OR state = 'accepted')
);
-- Never two offers that hold a seat for one application.
CREATE UNIQUE INDEX offers_one_live ON offers (application_id) WHERE state IN ('open', 'accepted') AND vacated_at IS NULL;
CREATE INDEX offers_application ON offers (application_id);
CREATE INDEX offers_pool ON offers (pool_id, state);
CREATE INDEX offers_cohort ON offers (cohort_id, state);
CREATE INDEX offers_person ON offers (person_id);
CREATE INDEX offers_expiring ON offers (expires_at) WHERE state = 'open';

CREATE TABLE waitlist_entries (
  id uuid PRIMARY KEY,
  application_id uuid NOT NULL REFERENCES applications (id),
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  programme_id uuid NOT NULL,
  person_id uuid NOT NULL REFERENCES people (id),
  rank integer NOT NULL CHECK (rank > 0),
  -- Pools that fit, in the order in which they are tried.
  pool_ids uuid[] NOT NULL CHECK (cardinality(pool_ids) > 0),
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'promoted', 'left')),
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  ended_at timestamptz
);
-- One place at a time: who was promoted and whose offer was taken back may wait again.
CREATE UNIQUE INDEX waitlist_entries_once ON waitlist_entries (application_id) WHERE state = 'waiting';
CREATE INDEX waitlist_entries_application ON waitlist_entries (application_id);
CREATE UNIQUE INDEX waitlist_entries_rank ON waitlist_entries (cohort_id, rank);
CREATE INDEX waitlist_entries_waiting ON waitlist_entries (cohort_id, rank) WHERE state = 'waiting';
CREATE INDEX waitlist_entries_person ON waitlist_entries (person_id);

CREATE TABLE enrolments (
  id uuid PRIMARY KEY,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  programme_id uuid NOT NULL,
  person_id uuid NOT NULL REFERENCES people (id),
  application_id uuid NOT NULL UNIQUE REFERENCES applications (id),
  offer_id uuid NOT NULL UNIQUE REFERENCES offers (id),
  pool_id uuid NOT NULL REFERENCES seat_pools (id),
  university_id uuid REFERENCES organisations (id),
  employer_id uuid REFERENCES organisations (id),
  trainee_number text NOT NULL UNIQUE,
  certificate_name text NOT NULL,
  name_shown text NOT NULL,
  name_sort text NOT NULL COLLATE "C",
  state text NOT NULL DEFAULT 'enrolled' CHECK (state IN ('enrolled', 'active', 'completed', 'withdrawn', 'failed',
    'deferred', 'suspended')),
  completed_on date,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX enrolments_cohort ON enrolments (cohort_id, name_sort, id);
CREATE INDEX enrolments_person ON enrolments (person_id);
CREATE INDEX enrolments_pool ON enrolments (pool_id);
CREATE INDEX enrolments_university ON enrolments (university_id);
CREATE INDEX enrolments_employer ON enrolments (employer_id);
CREATE INDEX enrolments_completed ON enrolments (programme_id, completed_on);

-- Apart from enrolments: only the person and the coordinators may see it.
CREATE TABLE emergency_contacts (
  enrolment_id uuid PRIMARY KEY REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  programme_id uuid NOT NULL,
  name text NOT NULL,
  relationship text NOT NULL,
  phone text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX emergency_contacts_person ON emergency_contacts (person_id);
