-- Functions: re-created before every migration run, so that git shows their history.

-- The declared actor. Nothing declared means '', NULL and empty arrays, and so no rows.
CREATE OR REPLACE FUNCTION banyan_kind() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(current_setting('banyan.kind', true), '') $$;

CREATE OR REPLACE FUNCTION banyan_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('banyan.person', true), '')::uuid $$;

CREATE OR REPLACE FUNCTION banyan_organisations() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(nullif(current_setting('banyan.organisations', true), ''), '{}')::uuid[] $$;

CREATE OR REPLACE FUNCTION banyan_programmes() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(nullif(current_setting('banyan.programmes', true), ''), '{}')::uuid[] $$;

-- The one clock of decisions. `banyan.as_of` is honoured only where the owner marked the database
-- `sample` or `test`; it lets the finished sample cohort be made through the actions themselves.
CREATE OR REPLACE FUNCTION banyan_now() RETURNS timestamptz LANGUAGE plpgsql VOLATILE PARALLEL SAFE
AS $$
DECLARE as_of text := current_setting('banyan.as_of', true);
BEGIN
  IF as_of IS NOT NULL AND as_of <> ''
     AND EXISTS (SELECT FROM house WHERE mark IN ('sample', 'test')) THEN
    RETURN as_of::timestamptz;
  END IF;
  RETURN clock_timestamp();
END $$;

-- History is written once: no role, not even the owner, changes or removes it by ordinary means.
CREATE OR REPLACE FUNCTION banyan_refuse_change() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = '42501'; END $$;

-- Who has checked in has come at the time that was told: the start then stands.
CREATE OR REPLACE FUNCTION banyan_keep_attended() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN
  IF EXISTS (SELECT FROM attendance_records r WHERE r.session_id = OLD.id AND r.checked_in_at IS NOT NULL) THEN
    RAISE EXCEPTION 'a session at which somebody has checked in begins when it began'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'session_attended';
  END IF;
  RETURN NEW;
END $$;

-- What was published of a module is never changed: it can only be replaced, which is its state.
CREATE OR REPLACE FUNCTION banyan_keep_version() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'state' = to_jsonb(OLD) - 'state' AND NEW.state <> 'draft' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a published version of a module is never changed or removed' USING ERRCODE = '42501';
END $$;

-- Today in Hong Kong (UTC+8 without daylight saving since 1979).
CREATE OR REPLACE FUNCTION banyan_today() RETURNS date LANGUAGE sql VOLATILE PARALLEL SAFE
AS $$ SELECT ((banyan_now() AT TIME ZONE 'UTC') + interval '8 hours')::date $$;

-- Roll-ups of cohorts (`cohort_tallies`): a row for each change of what is counted, never an update,
-- so that writers do not wait for one another.
CREATE OR REPLACE FUNCTION banyan_tally_new_applications() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN
  INSERT INTO cohort_tallies (cohort_id, programme_id, started, submitted)
  SELECT cohort_id, programme_id, count(*), count(submitted_at) FROM added GROUP BY 1, 2;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION banyan_tally_application() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN
  INSERT INTO cohort_tallies (cohort_id, programme_id, started, submitted)
  VALUES (OLD.cohort_id, OLD.programme_id,
    CASE TG_OP WHEN 'DELETE' THEN -1 ELSE 0 END,
    CASE WHEN TG_OP = 'DELETE' THEN -(OLD.submitted_at IS NOT NULL)::int
      ELSE (NEW.submitted_at IS NOT NULL)::int - (OLD.submitted_at IS NOT NULL)::int END);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION banyan_tally_case() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE
  decided int := 0;
  pending int := 0;
BEGIN
  IF TG_OP <> 'DELETE' THEN
    decided := (NEW.decision IS NOT NULL)::int;
    pending := (NEW.decision IS NOT NULL AND NEW.released_at IS NULL)::int;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    decided := decided - (OLD.decision IS NOT NULL)::int;
    pending := pending - (OLD.decision IS NOT NULL AND OLD.released_at IS NULL)::int;
  END IF;
  INSERT INTO cohort_tallies (cohort_id, programme_id, decided, pending)
  VALUES (coalesce(NEW.cohort_id, OLD.cohort_id), coalesce(NEW.programme_id, OLD.programme_id), decided, pending);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION banyan_tally_new_reviews() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN
  INSERT INTO cohort_tallies (cohort_id, programme_id, reviews_open)
  SELECT cohort_id, programme_id, count(*) FROM added WHERE state IN ('assigned', 'draft') GROUP BY 1, 2;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION banyan_tally_review() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN
  INSERT INTO cohort_tallies (cohort_id, programme_id, reviews_open)
  VALUES (OLD.cohort_id, OLD.programme_id,
    CASE WHEN TG_OP = 'DELETE' THEN 0 ELSE (NEW.state IN ('assigned', 'draft'))::int END
      - (OLD.state IN ('assigned', 'draft'))::int);
  RETURN NULL;
END $$;
