-- What the applicant says and may see. `state` never tells of a pending decision: those are in
-- application_cases, the staff's side.
CREATE TABLE applications (
  id uuid PRIMARY KEY,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  programme_id uuid NOT NULL,
  person_id uuid NOT NULL REFERENCES people (id),
  reference text NOT NULL UNIQUE,
  state text NOT NULL CHECK (state IN ('draft', 'submitted', 'under_review', 'offered', 'waitlisted', 'rejected',
    'ineligible', 'enrolled', 'withdrawn', 'declined', 'lapsed', 'deferred')),
  family_name text,
  given_names text,
  western_name text,
  name_zh text,
  -- "CHAN Tai Man, Peter" and the key by which lists sort.
  name_shown text NOT NULL DEFAULT '',
  name_sort text NOT NULL COLLATE "C" DEFAULT '',
  email text NOT NULL,
  phone text,
  lang text NOT NULL CHECK (lang IN ('en', 'zh-Hant-HK')),
  route text CHECK (route IN ('university_student', 'in_service_nominee', 'recent_graduate', 'open')),
  university_id uuid REFERENCES organisations (id),
  employer_id uuid REFERENCES organisations (id),
  employer_name text,
  job_title text,
  field_of_study text,
  graduation_year integer,
  statement text,
  document_id uuid REFERENCES files (id),
  declarations text[] NOT NULL DEFAULT '{}',
  pics_version text,
  source text NOT NULL CHECK (source IN ('web', 'import', 'api')),
  submitted_at timestamptz,
  -- Reviewers assigned, so that a policy need not look elsewhere.
  reviewer_ids uuid[] NOT NULL DEFAULT '{}',
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  updated_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (cohort_id, person_id)
);
CREATE INDEX applications_person ON applications (person_id);
CREATE INDEX applications_by_name ON applications (cohort_id, name_sort, id);
CREATE INDEX applications_by_state ON applications (cohort_id, state, id);
-- Drafts have no time: they stand before every submission.
CREATE INDEX applications_by_time ON applications (cohort_id, coalesce(submitted_at, '-infinity'::timestamptz), id);
CREATE INDEX applications_by_reference ON applications (cohort_id, reference, id);
CREATE INDEX applications_university ON applications (university_id);
CREATE INDEX applications_employer ON applications (employer_id);
CREATE INDEX applications_document ON applications (document_id);

-- Normalised pieces of names, address and reference: search is a prefix on this b-tree.
CREATE TABLE application_tokens (
  cohort_id uuid NOT NULL,
  token text NOT NULL COLLATE "C",
  application_id uuid NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  programme_id uuid NOT NULL,
  PRIMARY KEY (cohort_id, token, application_id)
);
CREATE INDEX application_tokens_application ON application_tokens (application_id);
CREATE INDEX application_tokens_programme ON application_tokens (programme_id, token);

-- The staff's side of an application: score, pending decision, place on the list.
CREATE TABLE application_cases (
  application_id uuid PRIMARY KEY REFERENCES applications (id),
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  programme_id uuid NOT NULL,
  -- Weighted mean of the submitted reviews, and the distance between them, in thousandths.
  score_milli integer,
  spread_milli integer,
  reviews_done integer NOT NULL DEFAULT 0,
  decision text CHECK (decision IN ('accept', 'waitlist', 'reject', 'ineligible')),
  decision_reason text,
  decided_by uuid REFERENCES people (id),
  decided_at timestamptz,
  release_id uuid,
  released_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (released_at IS NULL OR decision IS NOT NULL)
);
CREATE INDEX application_cases_by_score ON application_cases (cohort_id, score_milli, application_id);
CREATE INDEX application_cases_pending ON application_cases (cohort_id) WHERE decision IS NOT NULL AND released_at IS NULL;
CREATE INDEX application_cases_decided_by ON application_cases (decided_by);
CREATE INDEX application_cases_release ON application_cases (release_id);

CREATE TABLE application_notes (
  id uuid PRIMARY KEY,
  application_id uuid NOT NULL REFERENCES applications (id),
  programme_id uuid NOT NULL,
  author_id uuid NOT NULL REFERENCES people (id),
  author_name text NOT NULL,
  body text NOT NULL CHECK (length(body) BETWEEN 1 AND 4000),
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX application_notes_application ON application_notes (application_id, id);
CREATE INDEX application_notes_author ON application_notes (author_id);

CREATE TABLE reviews (
  id uuid PRIMARY KEY,
  application_id uuid NOT NULL REFERENCES applications (id),
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  programme_id uuid NOT NULL,
  reviewer_id uuid NOT NULL REFERENCES people (id),
  reviewer_name text NOT NULL,
  state text NOT NULL DEFAULT 'assigned' CHECK (state IN ('assigned', 'draft', 'submitted', 'declined', 'removed')),
  -- {criterion id: score}
  scores jsonb NOT NULL DEFAULT '{}',
  total_milli integer,
  comment text NOT NULL DEFAULT '',
  decline_reason text,
  -- The reviewer stepped back for an interest, and is never asked about this application again.
  interest_declared boolean NOT NULL DEFAULT false,
  assigned_by uuid REFERENCES people (id),
  submitted_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (application_id, reviewer_id)
);
CREATE INDEX reviews_reviewer ON reviews (reviewer_id, state);
CREATE INDEX reviews_cohort ON reviews (cohort_id);
CREATE INDEX reviews_assigned_by ON reviews (assigned_by);

-- A registry's file and what came of it. One made on the page keeps the file; one made on the command line does not.
CREATE TABLE imports (
  id uuid PRIMARY KEY,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  programme_id uuid NOT NULL,
  -- Who sent it in; NULL on the command line.
  person_id uuid,
  file_label text NOT NULL,
  file_sha256 bytea NOT NULL,
  file_id uuid REFERENCES files (id),
  -- Report and bad rows of the last run, to be downloaded.
  report_id uuid REFERENCES files (id),
  bad_rows_id uuid REFERENCES files (id),
  -- The last run's report, one half for each language.
  report jsonb NOT NULL DEFAULT '{}',
  counts jsonb NOT NULL DEFAULT '{}',
  -- Rows done, told from outside the committing transaction while it runs.
  progress integer NOT NULL DEFAULT 0,
  progress_at timestamptz,
  failure text,
  committed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX imports_cohort ON imports (cohort_id, id);
CREATE INDEX imports_file ON imports (file_id);
CREATE INDEX imports_report ON imports (report_id);
CREATE INDEX imports_bad_rows ON imports (bad_rows_id);
