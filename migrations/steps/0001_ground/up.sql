-- What the house itself keeps: its mark, idempotency, throttles, history, letters, jobs, files.

CREATE TABLE house (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  mark text NOT NULL DEFAULT 'production' CHECK (mark IN ('production', 'sample', 'test')),
  -- The queue of letters is held after a restore from backup until an operator releases it.
  letters_held_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO house DEFAULT VALUES;

CREATE TABLE idempotency_keys (
  person_id uuid NOT NULL,
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 128),
  fingerprint bytea NOT NULL,
  status smallint NOT NULL,
  headers jsonb NOT NULL,
  body bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  PRIMARY KEY (person_id, key)
);
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);

-- Tries, by a keyed digest of what they are counted for (an address, a peer): in a fixed window that
-- began at window_at, or in a row, the last at window_at.
CREATE TABLE throttles (
  bucket text PRIMARY KEY,
  window_at timestamptz NOT NULL,
  hits integer NOT NULL
);
CREATE INDEX throttles_window_at ON throttles (window_at);

-- One event for each change. No personal data: that sits in audit_details, which can be erased.
CREATE TABLE audit_events (
  id uuid PRIMARY KEY,
  occurred_at timestamptz NOT NULL DEFAULT banyan_now(),
  actor_kind text NOT NULL,
  actor_id uuid,
  task text,
  verb text NOT NULL,
  subject_kind text NOT NULL,
  subject_id uuid NOT NULL,
  -- Whom and what it concerns, for the policies and for each record's own history.
  person_id uuid,
  organisation_id uuid,
  programme_id uuid,
  digest bytea NOT NULL,
  request_id uuid NOT NULL,
  -- May the person concerned see it? Deliberations (scores, pending decisions) may not be seen.
  confidential boolean NOT NULL DEFAULT false
);
CREATE INDEX audit_events_subject ON audit_events (subject_id, id);
CREATE INDEX audit_events_person ON audit_events (person_id, id);
CREATE INDEX audit_events_programme ON audit_events (programme_id, id);

CREATE TABLE audit_details (
  event_id uuid PRIMARY KEY REFERENCES audit_events (id),
  person_id uuid,
  programme_id uuid,
  confidential boolean NOT NULL DEFAULT false,
  details jsonb NOT NULL
);

-- The sealer numbers events itself: ids do not follow commit order.
CREATE TABLE audit_chain (
  position bigint PRIMARY KEY CHECK (position > 0),
  event_id uuid NOT NULL UNIQUE REFERENCES audit_events (id),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);

CREATE TABLE audit_checkpoints (
  position bigint PRIMARY KEY,
  hash bytea NOT NULL,
  signature bytea NOT NULL,
  key_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The outbox. A letter is written in the transaction that causes it, whole and in its reader's
-- language; private links in it are placeholders until it is sent.
CREATE TABLE letters (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  -- The same event never writes twice to the same person.
  dedupe_key text NOT NULL UNIQUE,
  person_id uuid,
  programme_id uuid,
  subject_id uuid,
  to_address text NOT NULL,
  to_name text NOT NULL,
  lang text NOT NULL CHECK (lang IN ('en', 'zh-Hant-HK')),
  subject text NOT NULL,
  body_text text NOT NULL,
  body_html text NOT NULL,
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'dead', 'cancelled')),
  attempts integer NOT NULL DEFAULT 0,
  run_at timestamptz NOT NULL DEFAULT banyan_now(),
  lease_until timestamptz,
  claim_token uuid,
  last_error text,
  resent_from uuid REFERENCES letters (id),
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  sent_at timestamptz
);
CREATE INDEX letters_due ON letters (run_at) WHERE state = 'queued';
CREATE INDEX letters_person ON letters (person_id, id);
CREATE INDEX letters_subject ON letters (subject_id, id);
CREATE INDEX letters_programme ON letters (programme_id, id);
CREATE INDEX letters_resent_from ON letters (resent_from);

-- The local mailbox, where letters land without a mail server (sample programme only).
CREATE TABLE mailbox (
  letter_id uuid PRIMARY KEY REFERENCES letters (id),
  to_address text NOT NULL,
  subject text NOT NULL,
  body_text text NOT NULL,
  body_html text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX mailbox_to ON mailbox (to_address, created_at);

CREATE TABLE jobs (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  subject_id uuid,
  dedupe_key text NOT NULL UNIQUE,
  payload jsonb NOT NULL DEFAULT '{}',
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'done', 'dead', 'cancelled')),
  attempts integer NOT NULL DEFAULT 0,
  run_at timestamptz NOT NULL,
  lease_until timestamptz,
  claim_token uuid,
  last_error text,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  done_at timestamptz
);
CREATE INDEX jobs_due ON jobs (run_at) WHERE state = 'queued';
CREATE INDEX jobs_subject ON jobs (subject_id);

CREATE TABLE files (
  id uuid PRIMARY KEY,
  owner_id uuid NOT NULL,
  programme_id uuid,
  -- Random name below the storage root; the person's own name for it is only ever a label.
  storage_key text NOT NULL UNIQUE,
  label text NOT NULL CHECK (length(label) BETWEEN 1 AND 200),
  media_type text NOT NULL,
  size_bytes bigint NOT NULL CHECK (size_bytes > 0),
  sha256 bytea NOT NULL,
  -- Reviewers who may read it, as on the application it belongs to.
  reader_ids uuid[] NOT NULL DEFAULT '{}',
  removed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX files_owner ON files (owner_id);
