-- A module that is no longer taught is put away; a competency names the frameworks that it answers to.
ALTER TABLE modules ADD COLUMN archived_at timestamptz;
-- [{"reference", "levels"}]
ALTER TABLE competencies ADD COLUMN basis jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(basis) = 'array');
