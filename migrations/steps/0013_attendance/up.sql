-- How a cohort counts attendance. A cohort without a row has these defaults.
CREATE TABLE attendance_policies (
  cohort_id uuid PRIMARY KEY REFERENCES cohorts (id),
  programme_id uuid NOT NULL,
  -- Hundredths of a percent.
  threshold integer NOT NULL DEFAULT 8000 CHECK (threshold BETWEEN 0 AND 10000),
  -- What an excused absence is to the rate.
  excused text NOT NULL DEFAULT 'leaves' CHECK (excused IN ('absent', 'leaves', 'attended')),
  -- Minutes: who comes later than this is late; check-in opens before the start and closes after it.
  late_after integer NOT NULL DEFAULT 10 CHECK (late_after BETWEEN 0 AND 600),
  opens_before integer NOT NULL DEFAULT 15 CHECK (opens_before BETWEEN 0 AND 240),
  closes_after integer NOT NULL DEFAULT 20 CHECK (closes_after BETWEEN 1 AND 600),
  -- Minutes after the start in which an apology is still taken.
  apology_grace integer NOT NULL DEFAULT 0 CHECK (apology_grace BETWEEN 0 AND 10080),
  -- Days in which an instructor may correct a register that is signed off.
  correct_days integer NOT NULL DEFAULT 7 CHECK (correct_days BETWEEN 0 AND 365),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);

-- The register of a session, from the first time that somebody works on it. Its window and its
-- threshold of lateness stand here: a change of the policy changes no register that is begun.
CREATE TABLE registers (
  session_id uuid PRIMARY KEY REFERENCES class_sessions (id),
  programme_id uuid NOT NULL,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  late_after integer NOT NULL,
  opens_before integer NOT NULL,
  closes_after integer NOT NULL,
  -- Part of the secret of its codes: another round, other codes. The secret itself is derived.
  round integer NOT NULL DEFAULT 0,
  signed_off_at timestamptz,
  signed_off_by uuid REFERENCES people (id),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT banyan_now()
);
CREATE INDEX registers_cohort ON registers (cohort_id) INCLUDE (signed_off_at);
CREATE INDEX registers_signed_off_by ON registers (signed_off_by);

CREATE TABLE attendance_records (
  id uuid PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES class_sessions (id),
  module_id uuid NOT NULL REFERENCES modules (id),
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  programme_id uuid NOT NULL,
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  state text NOT NULL CHECK (state IN ('present', 'late', 'excused', 'absent')),
  -- Minutes attended of the minutes of the session.
  minutes integer NOT NULL,
  held integer NOT NULL,
  note text NOT NULL DEFAULT '',
  -- Who made the entry: the register, the trainee's own check-in, an apology.
  source text NOT NULL DEFAULT 'register' CHECK (source IN ('register', 'check_in', 'apology')),
  checked_in_at timestamptz,
  -- Of the scan that was used: once, by one person.
  ticket text UNIQUE,
  version integer NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT banyan_now(),
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (session_id, enrolment_id),
  CONSTRAINT attendance_minutes CHECK (held > 0 AND minutes BETWEEN 0 AND held
    AND CASE state WHEN 'present' THEN minutes = held WHEN 'late' THEN minutes < held ELSE minutes = 0 END)
);
CREATE INDEX attendance_records_cohort ON attendance_records (cohort_id, enrolment_id, module_id);
CREATE INDEX attendance_records_enrolment ON attendance_records (enrolment_id, session_id);
CREATE INDEX attendance_records_person ON attendance_records (person_id);
CREATE INDEX attendance_records_module ON attendance_records (module_id);

-- Apologies of trainees who cannot come, sent beforehand.
CREATE TABLE apologies (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL,
  cohort_id uuid NOT NULL REFERENCES cohorts (id),
  session_id uuid NOT NULL REFERENCES class_sessions (id),
  enrolment_id uuid NOT NULL REFERENCES enrolments (id),
  person_id uuid NOT NULL REFERENCES people (id),
  reason text NOT NULL,
  evidence_id uuid REFERENCES files (id),
  state text NOT NULL DEFAULT 'sent' CHECK (state IN ('sent', 'withdrawn', 'accepted', 'declined')),
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  decision_reason text,
  decided_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  CHECK ((state IN ('accepted', 'declined')) = (decided_at IS NOT NULL))
);
CREATE UNIQUE INDEX apologies_one ON apologies (session_id, enrolment_id) WHERE state <> 'withdrawn';
CREATE INDEX apologies_session ON apologies (session_id);
CREATE INDEX apologies_cohort ON apologies (cohort_id, created_at DESC, id DESC);
CREATE INDEX apologies_enrolment ON apologies (enrolment_id);
CREATE INDEX apologies_person ON apologies (person_id);
CREATE INDEX apologies_evidence ON apologies (evidence_id);

-- A session at which somebody has checked in is taking place: it is cancelled and made up for, but does
-- not begin at another time.
CREATE TRIGGER attended_stays BEFORE UPDATE OF starts_at ON class_sessions FOR EACH ROW
  WHEN (NEW.starts_at <> OLD.starts_at) EXECUTE FUNCTION banyan_keep_attended();
