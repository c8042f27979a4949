-- The measured house, set-wise, as the superuser. $STAFF and its kin are digests put in before.
CREATE FUNCTION pg_temp.made(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT ('019b' || lpad(to_hex(n), 8, '0') || '7' || substr(md5(kind || n), 1, 3) || '8' || substr(md5(kind || n), 4, 15))::uuid
$$;
CREATE FUNCTION pg_temp.family(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT (ARRAY['CHAN','WONG','LEE','CHEUNG','LAU','HO','NG','YEUNG','TSANG','KWOK'])[1 + n % 10]
$$;
CREATE FUNCTION pg_temp.given(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT (ARRAY['Tai Man','Ka Yan','Chi Kit','Wing Sze','Ho Yin','Mei Ling','Pui Shan'])[1 + (n / 10) % 7]
$$;

INSERT INTO programmes (id, code, name_en, name_zh, status, contact_email)
VALUES (pg_temp.made('programme', 0), 'BENCH', 'Measured Programme', '量度計劃', 'recruiting', 'office@example.org');
INSERT INTO pics (id, programme_id, version, text_en, text_zh, effective_at)
VALUES (pg_temp.made('pics', 0), pg_temp.made('programme', 0), '1', 'What we keep and why.', '我們保留甚麼資料及其原因。', '2020-01-01');
INSERT INTO targets (id, programme_id, metric, operator, value, starts_on, ends_on, wording_en, wording_zh)
VALUES (pg_temp.made('target', 0), pg_temp.made('programme', 0), 'trained', '>', 200, '2027-01-01', '2027-12-31', 'More than 200 a year', '每年逾200人');
INSERT INTO organisations (id, kind, name_en, name_zh)
SELECT pg_temp.made('organisation', n), CASE WHEN n < 6 THEN 'university' ELSE 'bank' END,
  'Measured Organisation ' || n, '量度機構' || n FROM generate_series(0, 9) n;

-- 0: 1,000 applications. 1: 100,000 of them. 2: open, for the import.
INSERT INTO cohorts (id, programme_id, code, name_en, name_zh, state, opens_at, closes_at, decisions_on, reply_by, starts_on, ends_on)
SELECT pg_temp.made('cohort', n), pg_temp.made('programme', 0), 'BENCH-' || n, 'Measured cohort ' || n, '量度班' || n,
  CASE n WHEN 2 THEN 'open' ELSE 'reviewing' END, '2020-01-01', CASE n WHEN 2 THEN timestamptz '2099-01-01' ELSE '2026-11-30' END,
  '2099-01-15', '2099-01-31', '2099-03-01', '2099-06-30' FROM generate_series(0, 2) n;
INSERT INTO seat_pools (id, cohort_id, programme_id, organisation_id, capacity, hold_until)
SELECT pg_temp.made('pool', c * 10 + n), pg_temp.made('cohort', c), pg_temp.made('programme', 0),
  CASE WHEN n > 0 THEN pg_temp.made('organisation', n) END, 60, CASE WHEN n > 0 THEN timestamptz '2099-02-01' END
FROM generate_series(0, 2) c, generate_series(0, 3) n;
INSERT INTO rubric_criteria (id, cohort_id, programme_id, position, name_en, name_zh, weight)
SELECT pg_temp.made('criterion', c * 10 + n), pg_temp.made('cohort', c), pg_temp.made('programme', 0), n, 'Criterion ' || n, '準則' || n, 1 + n
FROM generate_series(0, 2) c, generate_series(1, 4) n;

-- 0 … 99,999 apply; 200,000 is the coordinator, 200,001 and 200,002 review.
INSERT INTO people (id, email, email_identity, email_confirmed_at, family_name, given_names, display_name, programme_ids)
SELECT pg_temp.made('person', n), 'p' || n || '@example.org', 'p' || n || '@example.org', now(), pg_temp.family(n), pg_temp.given(n),
  pg_temp.given(n) || ' ' || pg_temp.family(n), ARRAY[pg_temp.made('programme', 0)]
FROM generate_series(0, 99999) n;
INSERT INTO people (id, email, email_identity, email_confirmed_at, display_name, programme_ids)
SELECT pg_temp.made('person', n), 'staff' || n || '@example.org', 'staff' || n || '@example.org', now(), 'Measured Staff ' || n,
  ARRAY[pg_temp.made('programme', 0)] FROM generate_series(200000, 200002) n;
INSERT INTO role_grants (id, person_id, role, programme_id, starts_on)
SELECT pg_temp.made('grant', n), pg_temp.made('person', n), CASE n WHEN 200000 THEN 'coordinator' ELSE 'reviewer' END,
  pg_temp.made('programme', 0), '2020-01-01' FROM generate_series(200000, 200002) n;
INSERT INTO sessions (id, token_hash, person_id, grant_id, expires_at) VALUES
  (pg_temp.made('session', 0), '$STAFF', pg_temp.made('person', 200000), pg_temp.made('grant', 200000), '2100-01-01'),
  (pg_temp.made('session', 1), '$APPLICANT', pg_temp.made('person', 7), NULL, '2100-01-01');
INSERT INTO api_tokens (id, token_hash, person_id, grant_id, label, scopes, used_at, expires_at)
VALUES (pg_temp.made('token', 0), '$TOKEN', pg_temp.made('person', 200000), pg_temp.made('grant', 200000), 'measured',
  ARRAY['applications:read', 'applications', 'read'], now(), '2100-01-01');
-- Other people are signed in as well.
INSERT INTO sessions (id, token_hash, person_id, expires_at)
SELECT pg_temp.made('session', n), sha256(n::text::bytea), pg_temp.made('person', n), '2100-01-01' FROM generate_series(100, 2099) n;

INSERT INTO applications (id, cohort_id, programme_id, person_id, reference, state, family_name, given_names, name_zh, name_shown, name_sort,
  email, phone, lang, route, university_id, field_of_study, graduation_year, statement, declarations, pics_version, source, submitted_at)
SELECT pg_temp.made('application', c * 1000000 + n), pg_temp.made('cohort', c), pg_temp.made('programme', 0), pg_temp.made('person', n),
  'B' || c || lpad(n::text, 6, '0'), CASE WHEN n % 5 = 0 THEN 'under_review' ELSE 'submitted' END, pg_temp.family(n), pg_temp.given(n), '陳大文',
  pg_temp.family(n) || ' ' || pg_temp.given(n), lower(pg_temp.family(n) || ' ' || pg_temp.given(n)) || n, 'p' || n || '@example.org',
  '+852' || (51000000 + n), CASE n % 3 WHEN 0 THEN 'en' ELSE 'zh-Hant-HK' END,
  (ARRAY['university_student','in_service_nominee','recent_graduate','open'])[1 + n % 4], pg_temp.made('organisation', n % 6),
  'Computer science', 2024 + (n % 3)::int, repeat('I want to put models to work where people can check them. ', 8),
  ARRAY['accurate', 'pics'], '1', 'web', timestamptz '2026-11-01' + n * interval '20 seconds'
FROM (VALUES (0, 999), (1, 99999)) AS size (c, last), generate_series(0, last) n;
INSERT INTO application_tokens (cohort_id, token, application_id, programme_id)
SELECT cohort_id, t.token, id, programme_id FROM applications,
  LATERAL (SELECT DISTINCT unnest(string_to_array(lower(family_name || ' ' || given_names), ' ') || ARRAY[lower(reference), email]) AS token) t;
INSERT INTO application_cases (application_id, cohort_id, programme_id, score_milli, spread_milli, reviews_done)
SELECT id, cohort_id, programme_id, 1000 + (hashtext(reference) & 2047), 100, 2 FROM applications;
INSERT INTO reviews (id, application_id, cohort_id, programme_id, reviewer_id, reviewer_name, state, scores, total_milli, submitted_at)
SELECT pg_temp.made('review', r * 1000000 + row_number() OVER ()), a.id, a.cohort_id, a.programme_id, pg_temp.made('person', 200000 + r),
  'Measured Staff ' || r, 'submitted', jsonb_build_object(pg_temp.made('criterion', 1), 4), 3500, now()
FROM applications a, generate_series(1, 2) r WHERE a.cohort_id = pg_temp.made('cohort', 0);
INSERT INTO application_notes (id, application_id, programme_id, author_id, author_name, body)
SELECT pg_temp.made('note', n), pg_temp.made('application', 7), pg_temp.made('programme', 0), pg_temp.made('person', 200000), 'Measured Staff', 'A note ' || n
FROM generate_series(1, 3) n;
INSERT INTO audit_events (id, actor_kind, actor_id, verb, subject_kind, subject_id, person_id, programme_id, digest, request_id)
SELECT pg_temp.made('event', n * 10 + e), 'applicant', pg_temp.made('person', n), 'application.submitted', 'application',
  pg_temp.made('application', n), pg_temp.made('person', n), pg_temp.made('programme', 0), sha256('x'), pg_temp.made('request', n * 10 + e)
FROM generate_series(0, 999) n, generate_series(1, 5) e;
INSERT INTO audit_details (event_id, person_id, programme_id, details)
SELECT id, person_id, programme_id, '{}' FROM audit_events;
