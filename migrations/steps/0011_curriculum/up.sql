-- The curriculum: a module is its code and its place; what is taught stands in versions. A version is
-- one row, lists and all, so that what was published is one document that nothing reaches into.
CREATE TABLE module_versions (
  id uuid PRIMARY KEY,
  module_id uuid NOT NULL REFERENCES modules (id),
  programme_id uuid NOT NULL REFERENCES programmes (id),
  number integer NOT NULL,
  state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published', 'replaced')),
  name_en text NOT NULL,
  name_zh text NOT NULL,
  summary_en text NOT NULL DEFAULT '',
  summary_zh text NOT NULL DEFAULT '',
  -- [{"en", "zh"}], in order.
  outcomes jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(outcomes) = 'array'),
  -- Hours; the notional learning hours are their sum.
  contact_hours integer NOT NULL DEFAULT 0 CHECK (contact_hours BETWEEN 0 AND 2000),
  self_study_hours integer NOT NULL DEFAULT 0 CHECK (self_study_hours BETWEEN 0 AND 2000),
  assessment_hours integer NOT NULL DEFAULT 0 CHECK (assessment_hours BETWEEN 0 AND 2000),
  indicative_level integer NOT NULL DEFAULT 5 CHECK (indicative_level BETWEEN 1 AND 7),
  qr_registration text CHECK (qr_registration ~ '^[0-9]{2}/[0-9]{6}/L[1-7]$'),
  qr_valid_from date,
  qr_valid_to date,
  themes text[] NOT NULL DEFAULT '{}',
  -- [{"kind", "title": {"en", "zh"}, "weight", "must_pass"}]
  assessments jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(assessments) = 'array'),
  -- [[module, …], …]: every group must hold, any one module of a group does.
  prerequisites jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(prerequisites) = 'array'),
  -- [{"competency", "level"}]
  competencies jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(competencies) = 'array'),
  -- [{"reference", "levels"}]
  basis jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(basis) = 'array'),
  effective_from date,
  version integer NOT NULL DEFAULT 1,
  published_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (module_id, number),
  CHECK (number >= 1),
  CHECK (state = 'draft' OR effective_from IS NOT NULL AND published_at IS NOT NULL),
  CHECK ((qr_registration IS NULL) = (qr_valid_from IS NULL) AND (qr_registration IS NULL) = (qr_valid_to IS NULL)),
  CHECK (qr_valid_to >= qr_valid_from),
  CHECK (right(qr_registration, 1) = indicative_level::text)
);
CREATE INDEX module_versions_programme ON module_versions (programme_id);
CREATE UNIQUE INDEX module_versions_draft ON module_versions (module_id) WHERE state = 'draft';
CREATE UNIQUE INDEX module_versions_published ON module_versions (module_id) WHERE state = 'published';

CREATE TABLE competencies (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  code text NOT NULL,
  name_en text NOT NULL,
  name_zh text NOT NULL,
  description_en text NOT NULL DEFAULT '',
  description_zh text NOT NULL DEFAULT '',
  archived_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (programme_id, code)
);

-- Standards, circulars and frameworks that the curriculum rests on, with the days on which each holds.
CREATE TABLE framework_references (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  framework text NOT NULL,
  edition text NOT NULL DEFAULT '',
  code text NOT NULL,
  title_en text NOT NULL,
  title_zh text NOT NULL,
  url text,
  valid_from date,
  valid_to date,
  superseded_by uuid REFERENCES framework_references (id),
  archived_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (programme_id, code),
  CHECK (valid_to >= valid_from)
);
CREATE INDEX framework_references_superseded ON framework_references (superseded_by);

-- A trainee's request that prior learning count for a module. What the office drafts stands apart, so
-- that the trainee's own row cannot tell it before it is decided.
CREATE TABLE exemptions (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  module_id uuid NOT NULL REFERENCES modules (id),
  statement text NOT NULL,
  evidence_id uuid NOT NULL REFERENCES files (id),
  state text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'withdrawn', 'granted', 'refused')),
  reason text,
  decided_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE UNIQUE INDEX exemptions_open ON exemptions (enrolment_id, module_id) WHERE state IN ('requested', 'granted');
CREATE INDEX exemptions_enrolment ON exemptions (enrolment_id);
CREATE INDEX exemptions_programme ON exemptions (programme_id, created_at);
CREATE INDEX exemptions_cohort ON exemptions (cohort_id);
CREATE INDEX exemptions_person ON exemptions (person_id);
CREATE INDEX exemptions_module ON exemptions (module_id);
CREATE INDEX exemptions_evidence ON exemptions (evidence_id);

CREATE TABLE exemption_cases (
  exemption_id uuid PRIMARY KEY REFERENCES exemptions (id),
  programme_id uuid NOT NULL REFERENCES programmes (id),
  decision text NOT NULL CHECK (decision IN ('grant', 'refuse')),
  reason text NOT NULL,
  decided_by uuid NOT NULL REFERENCES people (id),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX exemption_cases_programme ON exemption_cases (programme_id);
CREATE INDEX exemption_cases_decided_by ON exemption_cases (decided_by);

-- What there is already becomes version 1, in force since the programme's first cohort began or the
-- module was entered; rows are hidden even from the owner until the task is declared. Study and
-- assessment were told as one sum.
SELECT set_config('banyan.kind', 'task:set_up', true);
INSERT INTO module_versions (id, module_id, programme_id, number, state, name_en, name_zh, summary_en, summary_zh,
  contact_hours, self_study_hours, effective_from, published_at)
SELECT gen_random_uuid(), m.id, m.programme_id, 1, 'published', m.name_en, m.name_zh, m.summary_en, m.summary_zh,
  m.contact_hours, greatest(m.notional_hours - m.contact_hours, 0),
  least((SELECT min(c.starts_on) FROM cohorts c WHERE c.programme_id = m.programme_id), m.created_at::date), m.created_at
FROM modules m;

ALTER TABLE modules DROP COLUMN name_en, DROP COLUMN name_zh, DROP COLUMN summary_en, DROP COLUMN summary_zh,
  DROP COLUMN contact_hours, DROP COLUMN notional_hours;

CREATE TRIGGER published_once BEFORE UPDATE OR DELETE ON module_versions FOR EACH ROW
  WHEN (OLD.state <> 'draft') EXECUTE FUNCTION banyan_keep_version();
