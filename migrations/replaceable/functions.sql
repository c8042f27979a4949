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

-- Today in Hong Kong (UTC+8 without daylight saving since 1979).
CREATE OR REPLACE FUNCTION banyan_today() RETURNS date LANGUAGE sql VOLATILE PARALLEL SAFE
AS $$ SELECT ((banyan_now() AT TIME ZONE 'UTC') + interval '8 hours')::date $$;
