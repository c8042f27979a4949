-- The rule of access that tells placements by their origin; the next start writes the rules of its own step.
DROP POLICY IF EXISTS replace_i ON placements;
DROP TABLE list_people, match_repairs, places_beforehand;
-- What these steps made has no place in the scheme before them.
ALTER TABLE match_results DROP CONSTRAINT match_results_run_id_enrolment_id_key;
DROP INDEX match_results_round;
ALTER TABLE match_results ADD UNIQUE (round_id, enrolment_id);
DROP INDEX match_runs_one;
DROP INDEX match_runs_waits;
ALTER TABLE match_runs DROP CONSTRAINT match_runs_sound, DROP COLUMN details, DROP COLUMN apart, DROP COLUMN kind,
  ADD CONSTRAINT match_runs_check3 CHECK (state <> 'published' OR findings = '[]');
CREATE UNIQUE INDEX match_runs_one ON match_runs (round_id) WHERE state <> 'voided';
DROP INDEX placement_rounds_second;
ALTER TABLE placement_rounds DROP COLUMN disclosure, DROP COLUMN parent_id;
