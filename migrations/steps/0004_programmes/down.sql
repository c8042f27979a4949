ALTER TABLE partnerships DROP CONSTRAINT partnerships_programme_fk;
ALTER TABLE role_grants DROP CONSTRAINT role_grants_programme_fk;
DROP TABLE modules, pics, holidays, observations, targets, sources, programmes;
