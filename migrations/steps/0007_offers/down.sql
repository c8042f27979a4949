ALTER TABLE application_cases DROP CONSTRAINT application_cases_release_fk;
DROP TABLE emergency_contacts, enrolments, waitlist_entries, offers, releases;
