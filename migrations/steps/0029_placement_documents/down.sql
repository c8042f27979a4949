ALTER TABLE posting_interests DROP COLUMN papers;
DROP TABLE placement_documents;
