-- Search tokens are the most numerous rows of all, fifteen for an application. One b-tree serves the
-- search of a cohort and, cohort by cohort, of a programme; and the reference to the application is not
-- checked row by row: tokens are written beside their application only, and no application is ever
-- deleted.
ALTER TABLE application_tokens DROP CONSTRAINT application_tokens_application_id_fkey;
DROP INDEX application_tokens_programme;
