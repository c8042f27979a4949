-- Funding schemes: what a scheme reimburses an institution for a trainee placed there, which placements it
-- was verified for, and what was claimed month by month. Staff of the programme alone read them.
CREATE TABLE funding_schemes (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  name_en text NOT NULL CHECK (length(name_en) BETWEEN 1 AND 200),
  name_zh text NOT NULL CHECK (length(name_zh) BETWEEN 1 AND 200),
  source text NOT NULL DEFAULT '' CHECK (length(source) <= 300),
  -- Months of work from the first to the last of these days count.
  valid_from date NOT NULL,
  valid_to date NOT NULL,
  -- A month is claimed within so many days of its end, and never after the last day for claims.
  claim_days integer NOT NULL CHECK (claim_days BETWEEN 0 AND 730),
  claim_by date,
  -- Basis points of the pay, and cents a month at most.
  share_bp integer NOT NULL CHECK (share_bp BETWEEN 1 AND 10000),
  month_cap_cents bigint NOT NULL CHECK (month_cap_cents BETWEEN 1 AND 100000000),
  -- The least hours worked of those contracted, in basis points.
  least_hours_bp integer NOT NULL CHECK (least_hours_bp BETWEEN 0 AND 10000),
  -- Months of one person in a period, at most.
  months_most integer CHECK (months_most BETWEEN 1 AND 120),
  period text NOT NULL CHECK (period IN ('financial_year', 'academic_year', 'calendar_year', 'whole')),
  persons_most integer CHECK (persons_most BETWEEN 1 AND 100000),
  budget_cents bigint CHECK (budget_cents BETWEEN 1 AND 100000000000),
  archived_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (valid_from <= valid_to),
  CHECK (claim_by IS NULL OR claim_by >= valid_from)
);
CREATE INDEX funding_schemes_programme ON funding_schemes (programme_id);

-- A placement under a scheme: what is paid a month, and when it was verified, which must be before it starts.
CREATE TABLE funded_placements (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  scheme_id uuid NOT NULL REFERENCES funding_schemes (id),
  placement_id uuid NOT NULL REFERENCES placements (id),
  person_id uuid NOT NULL REFERENCES people (id),
  month_pay_cents bigint NOT NULL CHECK (month_pay_cents BETWEEN 1 AND 100000000),
  verified_on date NOT NULL,
  verified_by uuid NOT NULL,
  removed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE UNIQUE INDEX funded_placements_once ON funded_placements (scheme_id, placement_id) WHERE removed_at IS NULL;
CREATE INDEX funded_placements_scheme ON funded_placements (scheme_id);
CREATE INDEX funded_placements_placement ON funded_placements (placement_id);
CREATE INDEX funded_placements_person ON funded_placements (person_id);
CREATE INDEX funded_placements_programme ON funded_placements (programme_id);

-- A claim for one month of a placement, with what it rested on as it stood then.
CREATE TABLE funding_claims (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  scheme_id uuid NOT NULL REFERENCES funding_schemes (id),
  funded_id uuid NOT NULL REFERENCES funded_placements (id),
  placement_id uuid NOT NULL REFERENCES placements (id),
  person_id uuid NOT NULL REFERENCES people (id),
  month date NOT NULL CHECK (extract(day FROM month) = 1),
  pay_cents bigint NOT NULL CHECK (pay_cents > 0),
  worked_minutes integer NOT NULL CHECK (worked_minutes >= 0),
  contract_minutes integer NOT NULL CHECK (contract_minutes > 0),
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  state text NOT NULL DEFAULT 'submitted' CHECK (state IN ('submitted', 'approved', 'rejected', 'paid', 'withdrawn')),
  submitted_by uuid NOT NULL,
  submitted_on date NOT NULL,
  decided_on date,
  paid_on date,
  remark text NOT NULL DEFAULT '' CHECK (length(remark) <= 2000),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (state NOT IN ('approved', 'rejected', 'paid') OR decided_on IS NOT NULL),
  CHECK (state <> 'paid' OR paid_on IS NOT NULL)
);
CREATE UNIQUE INDEX funding_claims_once ON funding_claims (scheme_id, placement_id, month) WHERE state NOT IN ('rejected', 'withdrawn');
CREATE INDEX funding_claims_scheme ON funding_claims (scheme_id);
CREATE INDEX funding_claims_programme ON funding_claims (programme_id);
CREATE INDEX funding_claims_funded ON funding_claims (funded_id);
CREATE INDEX funding_claims_placement ON funding_claims (placement_id);
CREATE INDEX funding_claims_person ON funding_claims (person_id);
