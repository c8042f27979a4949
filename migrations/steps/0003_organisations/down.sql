ALTER TABLE role_grants DROP CONSTRAINT role_grants_organisation_fk;
DROP TABLE partnerships, organisation_contacts, organisations;
