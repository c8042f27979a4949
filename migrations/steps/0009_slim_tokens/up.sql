-- Search tokens are the most numerous rows of all, fifteen for an application. One b-tree serves the
-- search of a cohort and of a programme, and the reference to the application is not checked row by
-- row: tokens are written beside their application only, and no application is ever deleted.
ALTER TABLE application_tokens
  DROP CONSTRAINT application_tokens_application_id_fkey,
  DROP CONSTRAINT application_tokens_pkey,
  ADD PRIMARY KEY (programme_id, token, cohort_id, application_id);
DROP INDEX application_tokens_programme;
