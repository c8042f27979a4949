CREATE TABLE programmes (
  id uuid PRIMARY KEY,
  code text NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{1,19}$'),
  name_en text NOT NULL,
  name_zh text NOT NULL,
  summary_en text NOT NULL DEFAULT '',
  summary_zh text NOT NULL DEFAULT '',
  status text NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'recruiting', 'running', 'closed')),
  contact_email text NOT NULL,
  -- The planner's assumptions, in basis points.
  completion_bp integer NOT NULL DEFAULT 8500 CHECK (completion_bp BETWEEN 1 AND 10000),
  acceptance_bp integer NOT NULL DEFAULT 7500 CHECK (acceptance_bp BETWEEN 1 AND 10000),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);

CREATE TABLE sources (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  title_en text NOT NULL,
  title_zh text NOT NULL,
  publisher text NOT NULL,
  published_on date NOT NULL,
  url text,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX sources_programme ON sources (programme_id);

CREATE TABLE targets (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  source_id uuid REFERENCES sources (id),
  metric text NOT NULL CHECK (metric IN ('trained', 'enrolled', 'first_intake')),
  operator text NOT NULL CHECK (operator IN ('>', '>=')),
  value integer NOT NULL CHECK (value >= 0),
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  wording_en text NOT NULL,
  wording_zh text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (ends_on >= starts_on)
);
CREATE INDEX targets_programme ON targets (programme_id);
CREATE INDEX targets_source ON targets (source_id);

-- Figures of others that stand beside the programme's own: survey findings (context) and goals of a
-- roadmap that the programme cannot measure itself. Each with its source, date and population.
CREATE TABLE observations (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  source_id uuid NOT NULL REFERENCES sources (id),
  kind text NOT NULL CHECK (kind IN ('survey', 'roadmap')),
  position integer NOT NULL,
  label_en text NOT NULL,
  label_zh text NOT NULL,
  -- As it is printed: "38%", "HK$8 to 12 billion", "nearly 70%".
  figure_en text NOT NULL,
  figure_zh text NOT NULL,
  -- Who was asked or counted, how many, and when.
  population_en text NOT NULL DEFAULT '',
  population_zh text NOT NULL DEFAULT '',
  sample_size integer CHECK (sample_size > 0),
  as_of date NOT NULL,
  -- Doubts about where the figure comes from.
  note_en text NOT NULL DEFAULT '',
  note_zh text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (programme_id, kind, position)
);
CREATE INDEX observations_source ON observations (source_id);

CREATE TABLE holidays (
  observed_on date PRIMARY KEY,
  name_en text NOT NULL,
  name_zh text NOT NULL,
  status text NOT NULL CHECK (status IN ('gazetted', 'derived')),
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);

-- The Personal Information Collection Statement, by version; consent names the version shown.
CREATE TABLE pics (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  version text NOT NULL,
  text_en text NOT NULL,
  text_zh text NOT NULL,
  effective_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (programme_id, version)
);

-- The curriculum in short, for the public site; the curriculum room extends it.
CREATE TABLE modules (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  code text NOT NULL,
  name_en text NOT NULL,
  name_zh text NOT NULL,
  summary_en text NOT NULL,
  summary_zh text NOT NULL,
  contact_hours integer NOT NULL,
  notional_hours integer NOT NULL,
  position integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (programme_id, code)
);

ALTER TABLE role_grants ADD CONSTRAINT role_grants_programme_fk FOREIGN KEY (programme_id) REFERENCES programmes (id);
ALTER TABLE partnerships ADD CONSTRAINT partnerships_programme_fk FOREIGN KEY (programme_id) REFERENCES programmes (id);
