DROP TABLE work_standings, placement_tasks, checklist_items, agreement_signatures, agreements, agreement_wordings;
DROP INDEX placements_answer_by;
ALTER TABLE placements DROP COLUMN answered_at, DROP COLUMN reason, DROP COLUMN reminded_at;
