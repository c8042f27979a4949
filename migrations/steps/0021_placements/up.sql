-- Placements: rounds, focus areas, institutions' partnerships and capacity, postings, changes of seats,
-- and what trainees say about postings. What a policy asks stands in the row: every row that is an
-- institution's carries `organisation_id`, every row that is a trainee's `person_id`.

-- What a placement is about: rows of a programme, which its office adds, renames, archives, restores.
CREATE TABLE focus_areas (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{1,39}$'),
  name_en text NOT NULL CHECK (length(name_en) BETWEEN 1 AND 200),
  name_zh text NOT NULL CHECK (length(name_zh) BETWEEN 1 AND 200),
  -- Across the Greater Bay Area by its nature.
  gba boolean NOT NULL DEFAULT false,
  archived_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (programme_id, code)
);

-- A placement round: the postings that are matched together, and by when what is due.
CREATE TABLE placement_rounds (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  name_en text NOT NULL CHECK (length(name_en) BETWEEN 1 AND 200),
  name_zh text NOT NULL CHECK (length(name_zh) BETWEEN 1 AND 200),
  -- Whose trainees take part.
  cohort_ids uuid[] NOT NULL DEFAULT '{}',
  state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'collecting', 'open', 'ranking', 'matched', 'closed')),
  -- From when trainees see postings, and until when institutions hand them in.
  opens_at timestamptz NOT NULL,
  closes_at timestamptz NOT NULL,
  seat_deadline timestamptz NOT NULL,
  list_deadline timestamptz NOT NULL,
  -- The placement period.
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (opens_at < closes_at AND closes_at <= list_deadline AND seat_deadline <= list_deadline),
  CHECK (starts_on <= ends_on)
);
CREATE INDEX placement_rounds_programme ON placement_rounds (programme_id, opens_at);
CREATE INDEX placement_rounds_cohorts ON placement_rounds USING gin (cohort_ids);

-- How an institution takes part in a round: the most that it takes over all its postings, and whether
-- it ranks once or for each posting.
CREATE TABLE round_terms (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  seat_cap integer CHECK (seat_cap BETWEEN 0 AND 10000),
  ranking text NOT NULL DEFAULT 'posting_lists' CHECK (ranking IN ('bank_list', 'posting_lists')),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (round_id, organisation_id),
  CHECK (seat_cap IS NULL OR ranking = 'bank_list')
);
CREATE INDEX round_terms_organisation ON round_terms (organisation_id);

-- An institution's partnership with the programme; one with a university is in `partnerships`.
CREATE TABLE placement_partnerships (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  status text NOT NULL DEFAULT 'prepared' CHECK (status IN ('prepared', 'active', 'paused', 'ended')),
  -- The memorandum of understanding.
  signed_on date,
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  remark text NOT NULL DEFAULT '' CHECK (length(remark) <= 2000),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (starts_on <= ends_on),
  CHECK (status <> 'active' OR signed_on IS NOT NULL)
);
CREATE UNIQUE INDEX placement_partnerships_once ON placement_partnerships (programme_id, organisation_id) WHERE status <> 'ended';
CREATE INDEX placement_partnerships_programme ON placement_partnerships (programme_id);
CREATE INDEX placement_partnerships_organisation ON placement_partnerships (organisation_id);

-- The office asks an institution how many trainees it can take in a period; the institution answers.
CREATE TABLE capacity_asks (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  due_on date NOT NULL,
  words text NOT NULL DEFAULT '' CHECK (length(words) <= 2000),
  state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'answered', 'withdrawn')),
  -- The answer: seats in all, and of them those told by focus area, `[{"area", "seats"}]`.
  seats integer CHECK (seats BETWEEN 0 AND 10000),
  by_area jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(by_area) = 'array'),
  remark text NOT NULL DEFAULT '' CHECK (length(remark) <= 2000),
  answered_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (starts_on <= ends_on),
  CHECK ((state = 'answered') <= (seats IS NOT NULL AND answered_at IS NOT NULL))
);
CREATE UNIQUE INDEX capacity_asks_once ON capacity_asks (programme_id, organisation_id, starts_on) WHERE state <> 'withdrawn';
CREATE INDEX capacity_asks_programme ON capacity_asks (programme_id);
CREATE INDEX capacity_asks_organisation ON capacity_asks (organisation_id);

-- A placement posting. What is matched, filtered by or changed for itself is a column; the rest of what
-- it says stands in `content`, whose fields `placements/rules/content.rs` names.
CREATE TABLE postings (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  -- Random: a number counted up would tell how many others there are.
  number text NOT NULL UNIQUE,
  state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'submitted', 'returned', 'approved', 'open', 'ranking',
    'matched', 'closed', 'withdrawn')),
  area_ids uuid[] NOT NULL DEFAULT '{}',
  seats integer NOT NULL DEFAULT 1 CHECK (seats BETWEEN 0 AND 1000),
  -- Seats added after the match was published: they go to the next round.
  later_seats integer NOT NULL DEFAULT 0 CHECK (later_seats BETWEEN 0 AND 1000),
  reserve_group text CHECK (reserve_group IN ('university_student', 'in_service_nominee', 'recent_graduate', 'open')),
  reserve_seats integer NOT NULL DEFAULT 0 CHECK (reserve_seats >= 0),
  -- The most of each group, `{"university_student": 2}`.
  group_caps jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(group_caps) = 'object'),
  allowance_cents bigint CHECK (allowance_cents BETWEEN 0 AND 100000000000),
  starts_on date,
  ends_on date,
  content jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(content) = 'object'),
  -- Whom it is open to; evaluated by a pure rule.
  wants jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(wants) = 'object'),
  -- Everybody who wrote on it since it was begun: none of them approves it.
  writer_ids uuid[] NOT NULL DEFAULT '{}',
  submitted_by uuid,
  submitted_at timestamptz,
  decided_by uuid,
  decided_at timestamptz,
  -- Why it was returned.
  comment text NOT NULL DEFAULT '' CHECK (length(comment) <= 4000),
  copied_from uuid REFERENCES postings (id),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (reserve_seats <= seats),
  CHECK ((reserve_group IS NULL) = (reserve_seats = 0)),
  CHECK (reserve_group IS NULL OR group_caps = '{}')
);
CREATE INDEX postings_organisation ON postings (organisation_id, id);
CREATE INDEX postings_round ON postings (round_id, state, id);
CREATE INDEX postings_programme ON postings (programme_id, state);
CREATE INDEX postings_copied ON postings (copied_from);

-- An institution asks to change the seats of a posting that is approved, or to withdraw it.
CREATE TABLE seat_changes (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  posting_id uuid NOT NULL REFERENCES postings (id),
  kind text NOT NULL CHECK (kind IN ('seats', 'withdraw')),
  seats_before integer NOT NULL CHECK (seats_before >= 0),
  seats_after integer NOT NULL CHECK (seats_after BETWEEN 0 AND 1000),
  reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 2000),
  state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'seconded', 'approved', 'refused', 'taken_back')),
  -- How many approvals it takes, as the deadline stood when it was asked or last approved.
  needs integer NOT NULL DEFAULT 1 CHECK (needs IN (1, 2)),
  asked_by uuid NOT NULL,
  first_by uuid,
  first_at timestamptz,
  decided_by uuid,
  decided_at timestamptz,
  answer text NOT NULL DEFAULT '' CHECK (length(answer) <= 2000),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (first_by IS NULL OR first_by <> asked_by),
  CHECK (decided_by IS NULL OR first_by IS NULL OR decided_by <> first_by OR state IN ('refused', 'taken_back') OR needs = 1)
);
CREATE UNIQUE INDEX seat_changes_waiting ON seat_changes (posting_id) WHERE state IN ('asked', 'seconded');
CREATE INDEX seat_changes_programme ON seat_changes (programme_id, state);
CREATE INDEX seat_changes_organisation ON seat_changes (organisation_id);
CREATE INDEX seat_changes_posting ON seat_changes (posting_id);
CREATE INDEX seat_changes_round ON seat_changes (round_id);

-- The statutory minimum wage of Hong Kong, from a day on, in cents an hour. A warning rests on it,
-- never a refusal.
CREATE TABLE wage_rates (
  starts_on date PRIMARY KEY,
  cents_an_hour integer NOT NULL CHECK (cents_an_hour BETWEEN 1 AND 100000),
  source text NOT NULL DEFAULT '' CHECK (length(source) <= 300),
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);

-- What a trainee says of themselves for placements; by it eligibility and suggestions are worked out.
CREATE TABLE placement_profiles (
  enrolment_id uuid PRIMARY KEY REFERENCES enrolments (id),
  programme_id uuid NOT NULL,
  person_id uuid NOT NULL REFERENCES people (id),
  area_ids uuid[] NOT NULL DEFAULT '{}',
  cities text[] NOT NULL DEFAULT '{}',
  languages text[] NOT NULL DEFAULT '{}',
  authorisations text[] NOT NULL DEFAULT '{}',
  degree text CHECK (degree IN ('sub_degree', 'bachelor', 'master', 'doctorate')),
  mainland_permit boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX placement_profiles_person ON placement_profiles (person_id);

CREATE TABLE posting_saves (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  posting_id uuid NOT NULL REFERENCES postings (id),
  person_id uuid NOT NULL REFERENCES people (id),
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (person_id, posting_id)
);
CREATE INDEX posting_saves_posting ON posting_saves (posting_id);

-- A trainee's interest in a posting, with what the institution may see of them by it: name and number as
-- they stood, a note, and what is named in `shares`.
CREATE TABLE posting_interests (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  round_id uuid NOT NULL REFERENCES placement_rounds (id),
  posting_id uuid NOT NULL REFERENCES postings (id),
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  name_shown text NOT NULL,
  trainee_number text NOT NULL,
  note text NOT NULL DEFAULT '' CHECK (length(note) <= 1000),
  shares text[] NOT NULL DEFAULT '{}',
  -- What was shared, as it stood then: nothing else of the trainee is looked up for the institution.
  shared jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(shared) = 'object'),
  document_id uuid REFERENCES files (id),
  state text NOT NULL DEFAULT 'expressed' CHECK (state IN ('expressed', 'taken_back')),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  taken_back_at timestamptz,
  CHECK ((state = 'taken_back') = (taken_back_at IS NOT NULL))
);
CREATE UNIQUE INDEX posting_interests_once ON posting_interests (posting_id, enrolment_id) WHERE state = 'expressed';
CREATE INDEX posting_interests_posting ON posting_interests (posting_id);
CREATE INDEX posting_interests_organisation ON posting_interests (organisation_id, state);
CREATE INDEX posting_interests_person ON posting_interests (person_id);
CREATE INDEX posting_interests_enrolment ON posting_interests (enrolment_id);
CREATE INDEX posting_interests_cohort ON posting_interests (cohort_id);
CREATE INDEX posting_interests_round ON posting_interests (round_id);
CREATE INDEX posting_interests_document ON posting_interests (document_id);
