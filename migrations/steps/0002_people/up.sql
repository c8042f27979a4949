CREATE TABLE people (
  id uuid PRIMARY KEY,
  -- The address as the person writes it, and its identity (NFKC, lower case).
  email text NOT NULL,
  email_identity text NOT NULL UNIQUE,
  email_confirmed_at timestamptz,
  lang text NOT NULL DEFAULT 'en' CHECK (lang IN ('en', 'zh-Hant-HK')),
  family_name text,
  given_names text,
  western_name text,
  name_zh text,
  display_name text NOT NULL,
  phone text,
  -- Programmes whose staff may know this person: those applied to and those worked for.
  programme_ids uuid[] NOT NULL DEFAULT '{}',
  disabled_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);

-- Apart from people, so that no page that reads a person can carry a password hash along.
CREATE TABLE credentials (
  person_id uuid PRIMARY KEY REFERENCES people (id),
  password_hash text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT banyan_now()
);

CREATE TABLE role_grants (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES people (id),
  role text NOT NULL CHECK (role IN ('administrator', 'coordinator', 'reviewer', 'instructor', 'liaison',
    'representative', 'supervisor', 'committee')),
  programme_id uuid,
  organisation_id uuid,
  starts_on date NOT NULL,
  ends_on date,
  revoked_at timestamptz,
  granted_by uuid,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (ends_on IS NULL OR ends_on >= starts_on)
);
CREATE INDEX role_grants_person ON role_grants (person_id);
CREATE INDEX role_grants_programme ON role_grants (programme_id, role);
CREATE INDEX role_grants_organisation ON role_grants (organisation_id, role);
CREATE UNIQUE INDEX role_grants_once ON role_grants (person_id, role,
  coalesce(programme_id, '00000000-0000-0000-0000-000000000000'),
  coalesce(organisation_id, '00000000-0000-0000-0000-000000000000')) WHERE revoked_at IS NULL;

CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  token_hash bytea NOT NULL UNIQUE,
  person_id uuid NOT NULL REFERENCES people (id),
  -- The role in which the person acts; NULL is the person's own (applicant or trainee).
  grant_id uuid REFERENCES role_grants (id),
  user_agent text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  seen_at timestamptz NOT NULL DEFAULT banyan_now(),
  -- When the person last proved who they are (password or mailed link).
  proved_at timestamptz NOT NULL DEFAULT banyan_now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_person ON sessions (person_id);
CREATE INDEX sessions_grant ON sessions (grant_id);
CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE api_tokens (
  id uuid PRIMARY KEY,
  token_hash bytea NOT NULL UNIQUE,
  person_id uuid NOT NULL REFERENCES people (id),
  grant_id uuid REFERENCES role_grants (id),
  label text NOT NULL CHECK (length(label) BETWEEN 1 AND 80),
  scopes text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  used_at timestamptz,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE INDEX api_tokens_person ON api_tokens (person_id);
CREATE INDEX api_tokens_grant ON api_tokens (grant_id);

-- A link sent by mail: one purpose, one person, one use (an offer's link may be opened again).
CREATE TABLE links (
  id uuid PRIMARY KEY,
  purpose text NOT NULL CHECK (purpose IN ('sign_in', 'confirm', 'reset', 'invite', 'offer')),
  person_id uuid NOT NULL REFERENCES people (id),
  subject_id uuid,
  next_path text,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX links_person ON links (person_id);
CREATE INDEX links_expires ON links (expires_at);

CREATE TABLE consents (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES people (id),
  programme_id uuid,
  kind text NOT NULL,
  version text NOT NULL,
  given boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX consents_person ON consents (person_id, kind);
