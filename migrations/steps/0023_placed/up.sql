-- What a placement is from the offer to its end: the states of the design, when and for how many hours it
-- was agreed, who guides the trainee, and what it came of.
ALTER TABLE placements DROP CONSTRAINT placements_state_check;
DROP INDEX placements_one;
UPDATE placements SET state = 'withdrawn_by_host' WHERE state = 'withdrawn_by_bank';
ALTER TABLE placements
  ADD CONSTRAINT placements_state_check CHECK (state IN ('offered', 'accepted', 'agreement_signed', 'onboarding',
    'reported_for_duty', 'active', 'mid_review', 'completed', 'ended_early', 'withdrawn_by_trainee', 'withdrawn_by_host')),
  -- When it came into its state.
  ADD COLUMN state_since timestamptz NOT NULL DEFAULT banyan_now(),
  ADD COLUMN origin text NOT NULL DEFAULT 'match' CHECK (origin IN ('match', 'second_round', 'first_call', 'beforehand', 'repair',
    'replacement')),
  -- The period, and hours a week: the posting's at first, then what the agreement says.
  ADD COLUMN starts_on date,
  ADD COLUMN ends_on date,
  ADD COLUMN hours_week integer CHECK (hours_week BETWEEN 1 AND 60),
  -- Until when the trainee answers the offer.
  ADD COLUMN answer_by timestamptz,
  -- Who guides the trainee day by day: by name and address, reached by private links; the account, if there is one.
  ADD COLUMN supervisor_name text NOT NULL DEFAULT '',
  ADD COLUMN supervisor_email text NOT NULL DEFAULT '',
  ADD COLUMN supervisor_id uuid REFERENCES people (id),
  -- Who visits for the university.
  ADD COLUMN academic_id uuid REFERENCES people (id),
  ADD CHECK (starts_on <= ends_on);
CREATE UNIQUE INDEX placements_one ON placements (round_id, enrolment_id)
  WHERE state NOT IN ('ended_early', 'withdrawn_by_trainee', 'withdrawn_by_host');
CREATE INDEX placements_supervisor ON placements (supervisor_id);
CREATE INDEX placements_academic ON placements (academic_id);
UPDATE placements x SET
    starts_on = coalesce(p.starts_on, r.starts_on), ends_on = coalesce(p.ends_on, r.ends_on),
    hours_week = nullif(p.content->>'hours_week', '')::integer,
    supervisor_name = coalesce(p.content->>'supervisor_name', ''),
    supervisor_email = coalesce(p.content->>'supervisor_email', '')
  FROM postings p JOIN placement_rounds r ON r.id = p.round_id WHERE p.id = x.posting_id;
