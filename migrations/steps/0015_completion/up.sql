-- What it takes to complete: a version is one row, and once published it stays as it is.
CREATE TABLE completion_rules (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  number integer NOT NULL CHECK (number >= 1),
  state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published')),
  content jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object'),
  version integer NOT NULL DEFAULT 1,
  published_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (programme_id, number),
  CHECK (state = 'draft' OR published_at IS NOT NULL)
);
CREATE UNIQUE INDEX completion_rules_draft ON completion_rules (programme_id) WHERE state = 'draft';

-- Which version a cohort follows; rows are only added, and the one with the highest sequence holds.
CREATE TABLE cohort_rules (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  rules_id uuid NOT NULL REFERENCES completion_rules (id),
  sequence integer NOT NULL CHECK (sequence >= 1),
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (cohort_id, sequence)
);
CREATE INDEX cohort_rules_rules ON cohort_rules (rules_id);

-- A form that a trainee has handed in, by the key that the rules give it.
CREATE TABLE completion_forms (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  form text NOT NULL,
  recorded_on date NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (enrolment_id, form)
);
CREATE INDEX completion_forms_cohort ON completion_forms (cohort_id);
CREATE INDEX completion_forms_person ON completion_forms (person_id);

-- A completion that a coordinator confirmed, with the verdict as it was then.
CREATE TABLE completions (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  rules_id uuid NOT NULL REFERENCES completion_rules (id),
  verdict jsonb NOT NULL CHECK (jsonb_typeof(verdict) = 'object'),
  confirmed_at timestamptz NOT NULL,
  revoked_at timestamptz,
  -- The trainee reads it.
  revoked_reason text,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
);
CREATE UNIQUE INDEX completions_standing ON completions (enrolment_id) WHERE revoked_at IS NULL;
CREATE INDEX completions_enrolment ON completions (enrolment_id);
CREATE INDEX completions_cohort ON completions (cohort_id);
CREATE INDEX completions_person ON completions (person_id);
CREATE INDEX completions_rules ON completions (rules_id);

-- A break in learning keeps the seat; a deferral gives it back. Both freeze what is counted.
CREATE TABLE learning_breaks (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  kind text NOT NULL CHECK (kind IN ('break', 'deferral')),
  starts_on date NOT NULL,
  -- The last day as planned; on return, as it was.
  ends_on date NOT NULL,
  reason text NOT NULL,
  state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'withdrawn', 'granted', 'refused', 'ended')),
  -- What the office answered; the trainee reads it.
  answer text,
  decided_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  CHECK (ends_on >= starts_on - 1)
);
CREATE UNIQUE INDEX learning_breaks_asked ON learning_breaks (enrolment_id) WHERE state = 'asked';
CREATE INDEX learning_breaks_enrolment ON learning_breaks (enrolment_id, starts_on);
CREATE INDEX learning_breaks_cohort ON learning_breaks (cohort_id, created_at);
CREATE INDEX learning_breaks_person ON learning_breaks (person_id);

-- When sessions do not count for these trainees: ever, in a module from which they are exempted; in any
-- module (NULL) on the days of a break. A deferral lasts until the return is recorded. One rule for
-- registers, rates, warnings, completion and risk; a set, so that a statement asks once for all.
CREATE FUNCTION banyan_uncounted(enrolments uuid[])
  RETURNS TABLE (enrolment_id uuid, module_id uuid, from_on date, to_on date) LANGUAGE sql STABLE ROWS 10 AS $$
  SELECT x.enrolment_id, x.module_id, '-infinity'::date, 'infinity'::date
    FROM exemptions x WHERE x.enrolment_id = ANY (enrolments) AND x.state = 'granted'
  UNION ALL
  SELECT b.enrolment_id, NULL, b.starts_on,
      CASE WHEN b.kind = 'deferral' AND b.state = 'granted' THEN greatest(b.ends_on, banyan_today()) ELSE b.ends_on END
    FROM learning_breaks b WHERE b.enrolment_id = ANY (enrolments) AND b.state IN ('granted', 'ended')
$$;

CREATE TRIGGER published_once BEFORE UPDATE OR DELETE ON completion_rules FOR EACH ROW
  WHEN (OLD.state <> 'draft') EXECUTE FUNCTION banyan_refuse_change();
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON cohort_rules FOR EACH ROW
  EXECUTE FUNCTION banyan_refuse_change();
