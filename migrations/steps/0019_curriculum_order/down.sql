ALTER TABLE competencies DROP COLUMN basis;
ALTER TABLE modules DROP COLUMN archived_at;
