CREATE TABLE organisations (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('university', 'bank', 'digital_bank', 'insurer', 'fintech', 'other')),
  name_en text NOT NULL CHECK (length(name_en) BETWEEN 1 AND 200),
  name_zh text NOT NULL CHECK (length(name_zh) BETWEEN 1 AND 200),
  website text,
  archived_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE UNIQUE INDEX organisations_name_en ON organisations (lower(name_en));

CREATE TABLE organisation_contacts (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  post text,
  email text,
  phone text,
  archived_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX organisation_contacts_organisation ON organisation_contacts (organisation_id);

CREATE TABLE partnerships (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  university_id uuid NOT NULL REFERENCES organisations (id),
  institution_id uuid NOT NULL REFERENCES organisations (id),
  signed_on date,
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  ended_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (ends_on >= starts_on),
  CHECK (university_id <> institution_id)
);
CREATE INDEX partnerships_programme ON partnerships (programme_id);
CREATE INDEX partnerships_university ON partnerships (university_id);
CREATE INDEX partnerships_institution ON partnerships (institution_id);

ALTER TABLE role_grants ADD CONSTRAINT role_grants_organisation_fk
  FOREIGN KEY (organisation_id) REFERENCES organisations (id);
