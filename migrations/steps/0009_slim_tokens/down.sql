CREATE INDEX application_tokens_programme ON application_tokens (programme_id, token);
ALTER TABLE application_tokens ADD CONSTRAINT application_tokens_application_id_fkey
  FOREIGN KEY (application_id) REFERENCES applications (id) ON DELETE CASCADE;
