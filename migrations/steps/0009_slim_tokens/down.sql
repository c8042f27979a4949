CREATE INDEX application_tokens_programme ON application_tokens (programme_id, token);
ALTER TABLE application_tokens
  DROP CONSTRAINT application_tokens_pkey,
  ADD PRIMARY KEY (cohort_id, token, application_id),
  ADD CONSTRAINT application_tokens_application_id_fkey
    FOREIGN KEY (application_id) REFERENCES applications (id) ON DELETE CASCADE;
