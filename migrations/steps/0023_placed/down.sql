ALTER TABLE placements DROP CONSTRAINT placements_state_check;
DROP INDEX placements_one;
UPDATE placements SET state = 'withdrawn_by_bank' WHERE state = 'withdrawn_by_host';
UPDATE placements SET state = 'onboarding' WHERE state = 'reported_for_duty';
ALTER TABLE placements
  DROP COLUMN state_since, DROP COLUMN origin, DROP COLUMN starts_on, DROP COLUMN ends_on, DROP COLUMN hours_week, DROP COLUMN answer_by,
  DROP COLUMN supervisor_name, DROP COLUMN supervisor_email, DROP COLUMN supervisor_id, DROP COLUMN academic_id,
  ADD CONSTRAINT placements_state_check CHECK (state IN ('offered', 'accepted', 'agreement_signed', 'onboarding', 'active',
    'mid_review', 'completed', 'ended_early', 'withdrawn_by_trainee', 'withdrawn_by_bank'));
CREATE UNIQUE INDEX placements_one ON placements (round_id, enrolment_id)
  WHERE state NOT IN ('ended_early', 'withdrawn_by_trainee', 'withdrawn_by_bank');
