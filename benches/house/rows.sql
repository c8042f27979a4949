-- Whole cohorts with their attendance, set-wise, as the superuser: numbers $FROM to $TO, 10,000 entries each.
-- Ten programmes take turns (the first is the measured one), four intakes a quarter: cohort 0 to 39 run
-- now, the others have ended. Cohort 0 is the measured one.
CREATE OR REPLACE FUNCTION pg_temp.made(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT ('019b' || lpad(to_hex(n), 8, '0') || '7' || substr(md5(kind || n), 1, 3) || '8' || substr(md5(kind || n), 4, 15))::uuid
$$;
CREATE TEMP TABLE IF NOT EXISTS intake (n bigint PRIMARY KEY, programme uuid, cohort uuid, teacher uuid, running boolean, first_at timestamptz);
TRUNCATE intake;
INSERT INTO intake
SELECT n, pg_temp.made('programme', n % 10), pg_temp.made('rows cohort', n), pg_temp.made('person', 400000 + n), n < 40,
  now() - interval '10 minutes' - make_interval(days => 199 + 91 * (n / 40)::int) FROM generate_series($FROM::bigint, $TO) n;
CREATE TEMP TABLE IF NOT EXISTS seat (n bigint PRIMARY KEY, intake bigint, e bigint, enrolment uuid, person uuid);
TRUNCATE seat;
INSERT INTO seat SELECT i.n * 50 + e, i.n, e, pg_temp.made('rows enrolment', i.n * 50 + e), pg_temp.made('person', 1000000 + i.n * 50 + e) FROM intake i, generate_series(0, 49) e;

INSERT INTO programmes (id, code, name_en, name_zh, status, contact_email)
SELECT DISTINCT ON (i.programme) i.programme, 'ROWS' || n % 10, 'Measured Programme ' || n % 10, '量度計劃' || n % 10, 'running', 'office@example.org'
FROM intake i ON CONFLICT DO NOTHING;
INSERT INTO modules (id, programme_id, code, position)
SELECT pg_temp.made('rows module', p * 10 + m), pg_temp.made('programme', p), 'MEA' || 100 * p + m, m
FROM generate_series(0, 9) p, generate_series(0, 7) m
WHERE EXISTS (SELECT FROM intake i WHERE i.programme = pg_temp.made('programme', p)) ON CONFLICT DO NOTHING;
INSERT INTO module_versions (id, module_id, programme_id, number, state, name_en, name_zh, contact_hours, effective_from, published_at)
SELECT md5(m.id::text)::uuid, m.id, m.programme_id, 1, 'published', 'Measured module ' || m.position, '量度單元' || m.position, 75, '2000-01-01', '2000-01-01'
FROM modules m WHERE m.code LIKE 'MEA%' ON CONFLICT DO NOTHING;

INSERT INTO cohorts (id, programme_id, code, name_en, name_zh, state, opens_at, closes_at, decisions_on, reply_by, starts_on, ends_on)
SELECT cohort, programme, 'ROWS-' || n, 'Measured class ' || n, '量度課程' || n, CASE WHEN running THEN 'running' ELSE 'completed' END,
  first_at - interval '90 days', first_at - interval '60 days', first_at::date - 40, first_at - interval '30 days', first_at::date, first_at::date + 230
FROM intake;
INSERT INTO seat_pools (id, cohort_id, programme_id, capacity, taken)
SELECT pg_temp.made('rows pool', n), cohort, programme, 60, 50 FROM intake;
INSERT INTO attendance_policies (cohort_id, programme_id) SELECT cohort, programme FROM intake;
INSERT INTO completion_rules (id, programme_id, number, state, content, published_at)
SELECT DISTINCT ON (programme) md5('rules' || programme)::uuid, programme, 1, 'published', jsonb_build_object(
  'name', jsonb_build_object('en', 'Measured rules', 'zh', '量度規則'), 'attendance', jsonb_build_object('whole', 8000, 'each', 7000),
  'all_of', (SELECT jsonb_agg(m.id ORDER BY m.position) FROM modules m WHERE m.programme_id = programme AND m.code LIKE 'MEA%')), '2000-01-01'
FROM intake ON CONFLICT DO NOTHING;
INSERT INTO cohort_rules (id, programme_id, cohort_id, rules_id, sequence)
SELECT pg_temp.made('rows choice', n), programme, cohort, md5('rules' || programme)::uuid, 1 FROM intake;

INSERT INTO people (id, email, email_identity, email_confirmed_at, display_name, programme_ids)
SELECT teacher, 'teacher' || n || '@example.org', 'teacher' || n || '@example.org', now(), 'Measured Teacher ' || n, ARRAY[programme] FROM intake;
INSERT INTO role_grants (id, person_id, role, programme_id, starts_on)
SELECT pg_temp.made('grant', 400000 + n), teacher, 'instructor', programme, '2000-01-01' FROM intake;
INSERT INTO people (id, email, email_identity, email_confirmed_at, display_name, programme_ids)
SELECT s.person, 'trainee' || s.n || '@example.org', 'trainee' || s.n || '@example.org', now(), 'Trainee ' || s.n,
  ARRAY[i.programme] FROM seat s JOIN intake i ON i.n = s.intake;
INSERT INTO applications (id, cohort_id, programme_id, person_id, reference, state, family_name, given_names, name_shown, name_sort,
  email, phone, lang, route, declarations, pics_version, source, submitted_at)
SELECT pg_temp.made('rows application', s.n), i.cohort, i.programme, s.person, 'R' || lpad(s.n::text, 7, '0'), 'enrolled',
  'Trainee', s.n::text, 'TRAINEE ' || s.n, 'trainee ' || lpad(s.n::text, 7, '0'), 'trainee' || s.n || '@example.org', '+852' || (52000000 + s.n), 'en',
  'open', ARRAY['accurate', 'pics'], '1', 'web', i.first_at - interval '70 days' FROM seat s JOIN intake i ON i.n = s.intake;
INSERT INTO offers (id, application_id, cohort_id, pool_id, programme_id, person_id, state, expires_at, ended_at)
SELECT pg_temp.made('rows offer', s.n), pg_temp.made('rows application', s.n), i.cohort, pg_temp.made('rows pool', i.n), i.programme,
  s.person, 'accepted', i.first_at - interval '30 days', i.first_at - interval '35 days'
FROM seat s JOIN intake i ON i.n = s.intake;
INSERT INTO enrolments (id, cohort_id, programme_id, person_id, application_id, offer_id, pool_id, trainee_number, certificate_name, name_shown,
  name_sort, state, completed_on, created_at)
SELECT s.enrolment, i.cohort, i.programme, s.person, pg_temp.made('rows application', s.n),
  pg_temp.made('rows offer', s.n), pg_temp.made('rows pool', i.n), 'R' || lpad(s.n::text, 7, '0'), 'Trainee ' || s.n, 'TRAINEE ' || s.n,
  'trainee ' || lpad(s.n::text, 7, '0'), CASE WHEN i.running THEN 'active' ELSE 'completed' END,
  CASE WHEN NOT i.running THEN i.first_at::date + 210 END, i.first_at - interval '20 days'
FROM seat s JOIN intake i ON i.n = s.intake;

INSERT INTO offerings (id, programme_id, cohort_id, module_id, instructor_ids, room, capacity, whole_cohort, state)
SELECT pg_temp.made('rows offering', n * 10 + m), programme, cohort, pg_temp.made('rows module', n % 10 * 10 + m), ARRAY[teacher], 'Room ' || m, 60, true,
  'published' FROM intake, generate_series(0, 7) m;
-- 200 days of classes; today's is on in the cohorts that run, which have nine days more.
INSERT INTO class_sessions (id, programme_id, cohort_id, offering_id, module_id, starts_at, ends_at, room, instructor_ids, published, state)
SELECT pg_temp.made('rows session', n * 256 + k), programme, cohort, pg_temp.made('rows offering', n * 10 + least(k / 25, 7)),
  pg_temp.made('rows module', n % 10 * 10 + least(k / 25, 7)), first_at + make_interval(days => k::int),
  first_at + make_interval(days => k::int, hours => 3), 'Room ' || k % 8, ARRAY[teacher], true,
  CASE WHEN running AND k >= 199 THEN 'scheduled' ELSE 'held' END
FROM intake, generate_series(0, 208) k WHERE running OR k < 200;
-- The last three before today wait to be signed off.
INSERT INTO registers (session_id, programme_id, cohort_id, late_after, opens_before, closes_after, signed_off_at, signed_off_by)
SELECT pg_temp.made('rows session', n * 256 + k), programme, cohort, 10, 240, 600,
  CASE WHEN NOT running OR k < 196 THEN first_at + make_interval(days => k::int, hours => 4) END, CASE WHEN NOT running OR k < 196 THEN teacher END
FROM intake, generate_series(0, 199) k;
-- Every trainee of the measured cohort is at risk, so that the queue's page is full; elsewhere a tenth.
INSERT INTO risk_cases (id, programme_id, cohort_id, enrolment_id, person_id, instructor_ids, reasons, codes, severity, state, outcome, opened_at, closed_at)
SELECT pg_temp.made('rows case', s.n), i.programme, i.cohort, s.enrolment, s.person, ARRAY[i.teacher],
  jsonb_build_array(jsonb_build_object('code', 'silence', 'since', i.first_at::date, 'days', 30)), ARRAY['silence'], 2,
  CASE WHEN i.running THEN 'open' ELSE 'closed' END, CASE WHEN NOT i.running THEN 'recovered' END, i.first_at + interval '40 days',
  CASE WHEN NOT i.running THEN i.first_at + interval '60 days' END
FROM seat s JOIN intake i ON i.n = s.intake WHERE i.n = 0 OR s.e < 5;
ANALYZE intake; ANALYZE seat;

-- The entries. What they refer to stands above; the checks of 50 million references are left out.
CREATE TEMP TABLE IF NOT EXISTS meeting (intake bigint, k bigint, session uuid, module uuid, begins timestamptz);
TRUNCATE meeting;
INSERT INTO meeting
SELECT n, k, pg_temp.made('rows session', n * 256 + k), pg_temp.made('rows module', n % 10 * 10 + k / 25), first_at + make_interval(days => k::int)
FROM intake, generate_series(0, 199) k;
ANALYZE meeting;
SET session_replication_role = replica;
INSERT INTO attendance_records (id, session_id, module_id, cohort_id, programme_id, enrolment_id, person_id, state, minutes, held, source, checked_in_at,
  ticket, changed_at, created_at)
SELECT ('019c' || lpad(to_hex(at), 8, '0') || '70008000000000000000')::uuid, session, module, cohort, programme, enrolment, person, state,
  CASE state WHEN 'present' THEN 180 WHEN 'late' THEN 120 ELSE 0 END, 180, CASE WHEN scanned THEN 'check_in' ELSE 'register' END,
  CASE WHEN scanned THEN begins END, CASE WHEN scanned THEN 'rows-' || at END, begins, begins
FROM (SELECT (m.intake * 200 + m.k) * 50 + s.e AS at, m.session, m.module, m.begins, i.cohort, i.programme, s.enrolment, s.person,
    (m.k + s.e) % 2 = 0 AS scanned, coalesce((ARRAY['absent', 'late', 'excused', 'late'])[1 + (m.k * 7 + s.e * 13) % 29], 'present') AS state
  FROM meeting m JOIN intake i ON i.n = m.intake JOIN seat s ON s.intake = m.intake ORDER BY 1) q;
RESET session_replication_role;
