-- An intake with its call: the code names both.
CREATE TABLE cohorts (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  code text NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{1,19}$'),
  name_en text NOT NULL,
  name_zh text NOT NULL,
  intro_en text NOT NULL DEFAULT '',
  intro_zh text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'open', 'reviewing', 'offering', 'running',
    'completed', 'archived', 'cancelled')),
  opens_at timestamptz NOT NULL,
  closes_at timestamptz NOT NULL,
  decisions_on date NOT NULL,
  reply_by timestamptz NOT NULL,
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  -- Days that a promoted applicant has to answer.
  reply_days integer NOT NULL DEFAULT 7 CHECK (reply_days BETWEEN 1 AND 60),
  -- The last trainee number given out.
  last_trainee integer NOT NULL DEFAULT 0,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (opens_at < closes_at),
  CHECK (starts_on <= ends_on)
);
CREATE INDEX cohorts_programme ON cohorts (programme_id, opens_at);

-- Seats. An open offer holds a seat: `offered` counts open offers, `taken` accepted ones.
CREATE TABLE seat_pools (
  id uuid PRIMARY KEY,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  programme_id uuid NOT NULL,
  -- NULL: the open pool.
  organisation_id uuid REFERENCES organisations (id),
  capacity integer NOT NULL CHECK (capacity >= 0),
  offered integer NOT NULL DEFAULT 0 CHECK (offered >= 0),
  taken integer NOT NULL DEFAULT 0 CHECK (taken >= 0),
  hold_until timestamptz,
  released_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (offered + taken <= capacity),
  CHECK ((organisation_id IS NULL) = (hold_until IS NULL))
);
CREATE UNIQUE INDEX seat_pools_once ON seat_pools (cohort_id,
  coalesce(organisation_id, '00000000-0000-0000-0000-000000000000'));
CREATE INDEX seat_pools_organisation ON seat_pools (organisation_id);

CREATE TABLE rubric_criteria (
  id uuid PRIMARY KEY,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  programme_id uuid NOT NULL,
  position integer NOT NULL,
  name_en text NOT NULL,
  name_zh text NOT NULL,
  hint_en text NOT NULL DEFAULT '',
  hint_zh text NOT NULL DEFAULT '',
  weight integer NOT NULL CHECK (weight BETWEEN 1 AND 100),
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (cohort_id, position)
);
