INSERT INTO programmes (id, code, name_en, name_zh, summary_en, summary_zh, status, contact_email, created_at) VALUES
  (§programme§, 'PRG-~', 'Programme ~', '計劃~', 'Summary', '簡介', 'recruiting', 'office@example.org', '2026-01-01');
INSERT INTO sources (id, programme_id, title_en, title_zh, publisher, published_on, created_at) VALUES
  (§source§, §programme§, 'Source ~', '來源~', 'Office', '2026-01-01', '2026-01-01');
INSERT INTO targets (id, programme_id, source_id, metric, operator, value, starts_on, ends_on, wording_en, wording_zh, created_at) VALUES
  (§target§, §programme§, §source§, 'trained', '>', 200, '2026-10-01', '2027-09-30', 'more than 200', '逾200人', '2026-01-01');
INSERT INTO observations (id, programme_id, source_id, kind, position, label_en, label_zh, figure_en, figure_zh, as_of, created_at) VALUES
  (§observation§, §programme§, §source§, 'survey', 1, 'Banks', '銀行', '38%', '38%', '2026-01-01', '2026-01-01');
INSERT INTO pics (id, programme_id, version, text_en, text_zh, effective_at, created_at) VALUES
  (§pics§, §programme§, '2026-10', 'What we collect.', '我們收集的資料。', '2026-01-01', '2026-01-01');
INSERT INTO modules (id, programme_id, code, position, created_at) VALUES
  (§module§, §programme§, 'M1', 1, '2026-01-01'), (§module-2§, §programme§, 'M2', 2, '2026-01-01');
INSERT INTO module_versions (id, module_id, programme_id, number, state, name_en, name_zh, summary_en, summary_zh, outcomes,
    contact_hours, self_study_hours, assessments, effective_from, published_at, created_at) VALUES
  (§version§, §module§, §programme§, 1, 'published', 'Module', '單元', 'Summary', '簡介', '[{"en": "do it", "zh": "做到"}]', 30, 30,
   '[{"kind": "exam", "title": {"en": "Test", "zh": "測驗"}, "weight": 100, "must_pass": false}]', '2026-01-01', '2026-01-01', '2026-01-01'),
  (§version-draft§, §module§, §programme§, 2, 'draft', 'Canary~c module', 'Canary~c單元', 'Summary', '簡介', '[{"en": "do more", "zh": "做得更多"}]', 40, 30,
   '[{"kind": "exam", "title": {"en": "Test", "zh": "測驗"}, "weight": 100, "must_pass": false}]', '2027-09-01', NULL, '2026-11-01'),
  (§version-2§, §module-2§, §programme§, 1, 'published', 'Second module', '第二單元', 'Summary', '簡介', '[{"en": "do it", "zh": "做到"}]', 20, 20,
   '[{"kind": "exam", "title": {"en": "Test", "zh": "測驗"}, "weight": 100, "must_pass": false}]', '2026-01-01', '2026-01-01', '2026-01-01');
INSERT INTO competencies (id, programme_id, code, name_en, name_zh, created_at) VALUES
  (§competency§, §programme§, 'C-1', 'Competency', '能力', '2026-01-01');
INSERT INTO framework_references (id, programme_id, framework, code, title_en, title_zh, created_at) VALUES
  (§reference§, §programme§, 'Frame', 'F-1', 'Framework', '框架', '2026-01-01');

INSERT INTO organisations (id, kind, name_en, name_zh, created_at) VALUES
  (§bank§, 'bank', 'Kapok Bank ~', '木棉銀行~', '2026-01-01'),
  (§university§, 'university', 'Lion Rock University ~', '獅子山大學~', '2026-01-01');
INSERT INTO organisation_contacts (id, organisation_id, name, post, email, phone, created_at) VALUES
  (§contact§, §bank§, CASE '~' WHEN 'A' THEN 'CanaryAk Contact' ELSE 'CanaryOk Contact' END, 'Head',
   CASE '~' WHEN 'A' THEN 'canaryak@example.org' ELSE 'canaryok@example.org' END, '+85221234567', '2026-01-01'),
  (§contact-university§, §university§, CASE '~' WHEN 'A' THEN 'CanaryAu Contact' ELSE 'CanaryOk Contact' END, 'Dean', NULL, NULL, '2026-01-01');
INSERT INTO partnerships (id, programme_id, university_id, institution_id, signed_on, starts_on, ends_on, created_at) VALUES
  (§partnership§, §programme§, §university§, §bank§, '2026-01-02', '2026-02-01', '2028-01-31', '2026-01-01');

INSERT INTO cohorts (id, programme_id, code, name_en, name_zh, state, opens_at, closes_at, decisions_on, reply_by, starts_on, ends_on, last_trainee, created_at) VALUES
  (§cohort-open§, §programme§, 'OPEN-~', 'Open intake ~', '招募中~', 'open', '2026-11-01', '2027-03-01', '2027-04-01', '2027-04-20', '2027-06-01', '2027-10-01', 0, '2026-01-01'),
  (§cohort-review§, §programme§, 'REV-~', 'Reviewing intake ~', '評審中~', 'reviewing', '2026-09-01', '2026-11-30', '2026-12-20', '2027-01-20', '2027-03-01', '2027-07-01', 0, '2026-01-01'),
  (§cohort§, §programme§, 'OFF-~', 'Offering intake ~', '取錄中~', 'offering', '2026-08-01', '2026-10-31', '2026-11-20', '2026-12-20', '2027-02-01', '2027-06-01', 0, '2026-01-01'),
  (§cohort-run§, §programme§, 'RUN-~', 'Running intake ~', '進行中~', 'running', '2026-03-01', '2026-05-31', '2026-06-20', '2026-07-20', '2026-09-01', '2027-01-31', 1, '2026-01-01'),
  (§cohort-planned§, §programme§, 'PLAN-~', 'Canary~c planned intake', 'Canary~c計劃中', 'planned', '2027-09-01', '2027-11-30', '2027-12-20', '2028-01-20', '2028-03-01', '2028-07-01', 0, '2026-01-01');
INSERT INTO seat_pools (id, cohort_id, programme_id, organisation_id, capacity, offered, taken, hold_until, created_at) VALUES
  (§pool-open§, §cohort§, §programme§, NULL, 10, 1, 0, NULL, '2026-01-01'),
  (§pool§, §cohort§, §programme§, §bank§, 5, 0, 0, '2027-01-10', '2026-01-01'),
  (§pool-run§, §cohort-run§, §programme§, NULL, 10, 0, 1, NULL, '2026-01-01');
INSERT INTO rubric_criteria (id, cohort_id, programme_id, position, name_en, name_zh, weight, created_at) VALUES
  (§criterion§, §cohort-review§, §programme§, 1, 'Motivation', '動機', 60, '2026-01-01'),
  (§criterion-2§, §cohort-review§, §programme§, 2, 'Skill', '能力', 40, '2026-01-01'),
  (§criterion-3§, §cohort-open§, §programme§, 1, 'Motivation', '動機', 100, '2026-01-01');

INSERT INTO people (id, email, email_identity, email_confirmed_at, family_name, given_names, western_name, name_zh, display_name, phone, programme_ids, created_at) VALUES
  (§applicant§, 'Canary~p.owner@example.org', lower('canary~p.owner@example.org'), '2026-01-01', 'Canary~pFamily', 'Canary~pGiven', 'Canary~pWest', 'Canary~p陳', 'Canary~p Owner', '+85291234567', ARRAY[§programme§::uuid], '2026-01-01'),
  (§reviewer§, 'reviewer.~@example.org', lower('reviewer.~@example.org'), '2026-01-01', NULL, NULL, NULL, NULL, 'Canary~r Reviewer', NULL, ARRAY[§programme§::uuid], '2026-01-01'),
  (§second§, 'canary~c.second@example.org', lower('canary~c.second@example.org'), '2026-01-01', NULL, NULL, NULL, NULL, 'Canary~c Second', NULL, ARRAY[§programme§::uuid], '2026-01-01');
-- The side's reviewer has a grant under the same name in both programmes; A's stands with everybody.
INSERT INTO role_grants (id, person_id, role, programme_id, starts_on, created_at)
  SELECT §grant-of-reviewer§, §reviewer§, 'reviewer', §programme§, '2026-01-01', '2026-01-01' WHERE '~' = 'B';
INSERT INTO role_grants (id, person_id, role, programme_id, starts_on, created_at) VALUES
  (§grant-of-second§, §second§, 'reviewer', §programme§, '2026-01-01', '2026-01-01');
INSERT INTO sessions (id, token_hash, person_id, user_agent, created_at, seen_at, proved_at, expires_at) VALUES
  (§session§, sha256('second session of ~'), §applicant§, 'Canary~p browser', '2026-12-01', '2026-12-05', '2026-12-01', '2100-01-01');
INSERT INTO api_tokens (id, token_hash, person_id, label, scopes, created_at, expires_at) VALUES
  (§api_token§, sha256('api token of ~'), §applicant§, 'Canary~p token', '{}', '2026-12-01', '2100-01-01');
INSERT INTO links (id, purpose, person_id, subject_id, created_at, expires_at) VALUES
  (§link-sign_in§, 'sign_in', §applicant§, NULL, '2026-12-05 03:55+00', '2026-12-05 04:30+00'),
  (§link-confirm§, 'confirm', §applicant§, NULL, '2026-12-05 03:55+00', '2026-12-05 04:30+00'),
  (§link-reset§, 'reset', §applicant§, NULL, '2026-12-05 03:55+00', '2026-12-05 04:30+00'),
  (§link-invite§, 'invite', §applicant§, NULL, '2026-12-05 03:55+00', '2026-12-05 04:30+00'),
  (§link-offer§, 'offer', §applicant§, §offer§, '2026-12-05 03:55+00', '2026-12-20 04:30+00');
INSERT INTO consents (id, person_id, programme_id, kind, version, given, created_at) VALUES
  (§consent§, §applicant§, §programme§, 'pics', '2026-10', true, '2026-11-01');

INSERT INTO files (id, owner_id, programme_id, storage_key, label, media_type, size_bytes, sha256, reader_ids, created_at) VALUES
  (§file§, §applicant§, §programme§, '#KEY#', 'Canary~p CV.pdf', 'application/pdf', 14, sha256('~'), ARRAY[§reviewer§::uuid, §second§::uuid], '2026-11-01'),
  (§file-import§, §coordinator§, §programme§, '#KEY-2#', 'registry ~.csv', 'text/csv', 14, sha256('~'), '{}', '2026-11-01');
INSERT INTO applications (id, cohort_id, programme_id, person_id, reference, state, family_name, given_names, western_name, name_zh,
    name_shown, name_sort, email, phone, lang, route, university_id, employer_id, field_of_study, statement, document_id,
    declarations, pics_version, source, submitted_at, reviewer_ids, created_at, updated_at)
  SELECT i.id::uuid, i.cohort::uuid, §programme§, §applicant§, '~-REF-' || i.n, i.state, 'Canary~pFamily', 'Canary~pGiven', 'Canary~pWest', 'Canary~p陳',
    'CANARY~pFAMILY Given', 'canary~pfamily given', 'canary~p.owner@example.org', '+85291234567', 'en', 'university_student',
    §university§, §bank§, 'Canary~pField', 'Canary~p statement of why.', §file§, '{}', '2026-10', 'web', i.submitted::timestamptz,
    CASE WHEN i.n = 2 THEN ARRAY[§reviewer§::uuid, §second§::uuid] ELSE '{}' END, '2026-11-01', '2026-11-02'
  FROM (VALUES
    (§application-draft§, §cohort-open§, 1, 'draft', NULL),
    (§application-review§, §cohort-review§, 2, 'under_review', '2026-11-20'),
    (§application-offer§, §cohort§, 3, 'offered', '2026-10-20'),
    (§application-run§, §cohort-run§, 4, 'enrolled', '2026-05-20')) i (id, cohort, n, state, submitted);
INSERT INTO application_tokens (cohort_id, token, application_id, programme_id)
  SELECT cohort_id, t, id, programme_id FROM applications, unnest(ARRAY['canary', lower('canary~pfamily'), lower('~-ref-'), 'owner']) t
  WHERE person_id = §applicant§;
INSERT INTO application_cases (application_id, cohort_id, programme_id, score_milli, spread_milli, reviews_done, decision, decision_reason, decided_by, decided_at, release_id, released_at, created_at) VALUES
  (§application-review§, §cohort-review§, §programme§, 4321, 1234, 2, 'reject', 'Canary~c reason of the pending decision', §coordinator§, '2026-12-01', NULL, NULL, '2026-11-20'),
  (§application-offer§, §cohort§, §programme§, 4567, 1111, 2, 'accept', 'Canary~c reason', §coordinator§, '2026-11-19', §release§, '2026-11-20', '2026-10-20'),
  (§application-run§, §cohort-run§, §programme§, 4444, 1000, 2, 'accept', 'Canary~c reason', §coordinator§, '2026-06-19', NULL, '2026-06-20', '2026-05-20');
INSERT INTO application_notes (id, application_id, programme_id, author_id, author_name, body, created_at) VALUES
  (§note§, §application-review§, §programme§, §coordinator§, 'Canary~c Author', 'Canary~c note of the office', '2026-11-25'),
  (§note-2§, §application-offer§, §programme§, §coordinator§, 'Canary~c Author', 'Canary~c note of the office', '2026-11-15');
INSERT INTO reviews (id, application_id, cohort_id, programme_id, reviewer_id, reviewer_name, state, scores, total_milli, comment, assigned_by, submitted_at, created_at) VALUES
  (§review§, §application-review§, §cohort-review§, §programme§, §reviewer§, 'Canary~r Reviewer', 'draft', '{}', NULL, 'Canary~r comment', §coordinator§, NULL, '2026-11-21'),
  (§review-2§, §application-review§, §cohort-review§, §programme§, §second§, 'Canary~c Second', 'submitted', jsonb_build_object(§criterion§::text, 4, §criterion-2§::text, 5), 4321, 'Canary~c comment', §coordinator§, '2026-11-28', '2026-11-21');
INSERT INTO imports (id, cohort_id, programme_id, person_id, file_label, file_sha256, file_id, report_id, bad_rows_id, report, counts, created_at) VALUES
  (§import§, §cohort§, §programme§, §coordinator§, 'Canary~c registry.csv', sha256('~'), §file-import§, §file-import§, §file-import§, '{}', '{}', '2026-11-01');
INSERT INTO releases (id, cohort_id, programme_id, released_by, offers, waitlisted, rejected, ineligible, created_at) VALUES
  (§release§, §cohort§, §programme§, §coordinator§, 1, 1, 0, 0, '2026-11-20');
INSERT INTO offers (id, application_id, cohort_id, pool_id, programme_id, person_id, state, expires_at, ended_at, created_at) VALUES
  (§offer§, §application-offer§, §cohort§, §pool-open§, §programme§, §applicant§, 'open', '2026-12-20', NULL, '2026-11-20'),
  (§offer-run§, §application-run§, §cohort-run§, §pool-run§, §programme§, §applicant§, 'accepted', '2026-07-20', '2026-07-01', '2026-06-20');
INSERT INTO enrolments (id, cohort_id, programme_id, person_id, application_id, offer_id, pool_id, university_id, employer_id, trainee_number, certificate_name, name_shown, name_sort, state, created_at) VALUES
  (§enrolment§, §cohort-run§, §programme§, §applicant§, §application-run§, §offer-run§, §pool-run§, §university§, §bank§, 'RUN-~-001', 'Canary~p Certificate', 'CANARY~pFAMILY Given', 'canary~pfamily given', 'active', '2026-07-02');
INSERT INTO exemptions (id, programme_id, cohort_id, enrolment_id, person_id, module_id, statement, evidence_id, state, created_at) VALUES
  (§exemption§, §programme§, §cohort-run§, §enrolment§, §applicant§, §module-2§, 'Canary~p learnt it before.', §file§, 'requested', '2026-11-20');
INSERT INTO exemption_cases (exemption_id, programme_id, decision, reason, decided_by, created_at) VALUES
  (§exemption§, §programme§, 'refuse', 'Canary~c draft of a reason', §coordinator§, '2026-12-01');
INSERT INTO emergency_contacts (enrolment_id, person_id, programme_id, name, relationship, phone, created_at) VALUES
  (§enrolment§, §applicant§, §programme§, 'Canary~p Mother', 'Canary~p mother', '+85298765432', '2026-07-02');
INSERT INTO letters (id, kind, dedupe_key, person_id, programme_id, subject_id, to_address, to_name, lang, subject, body_text, body_html, state, run_at, created_at, sent_at) VALUES
  (§letter§, 'offer_made', 'letter-~', §applicant§, §programme§, §offer§, 'canary~p.owner@example.org', 'Canary~p Owner', 'en', 'Canary~p subject', 'Canary~p text', '<html><head></head><body>Canary~p</body></html>', 'sent', '2026-11-20', '2026-11-20', '2026-11-20'),
  (§letter-dead§, 'offer_made', 'letter-dead-~', §applicant§, §programme§, §offer§, 'canary~p.owner@example.org', 'Canary~p Owner', 'en', 'Canary~p subject', 'Canary~p text', '<html><head></head><body>Canary~p</body></html>', 'dead', '2026-11-20', '2026-11-20', NULL);
INSERT INTO mailbox (letter_id, to_address, subject, body_text, body_html) VALUES
  (§letter§, 'canary~p.owner@example.org', 'Canary~p subject', 'Canary~p text', 'Canary~p');
INSERT INTO audit_events (id, occurred_at, actor_kind, actor_id, verb, subject_kind, subject_id, person_id, programme_id, digest, request_id, confidential) VALUES
  (§event§, '2026-12-01', 'coordinator', §coordinator§, 'application.decided', 'application', §application-review§, §applicant§, §programme§, '\x00', §request§, true),
  (§event-2§, '2026-11-28', 'reviewer', §second§, 'review.submitted', 'application', §application-review§, §applicant§, §programme§, '\x00', §request§, true);
INSERT INTO audit_details (event_id, person_id, programme_id, confidential, details) VALUES
  (§event§, §applicant§, §programme§, true, '{"reason": "Canary~c reason", "decision": "reject"}'),
  (§event-2§, §applicant§, §programme§, true, '{"reviewer": "Canary~c Second"}');

INSERT INTO closed_periods (id, programme_id, university_id, kind, starts_on, ends_on, name_en, name_zh, created_at) VALUES
  (§closed§, §programme§, NULL, 'break', '2026-12-24', '2026-12-31', 'Winter break ~', '寒假~', '2026-01-01');
INSERT INTO offerings (id, programme_id, cohort_id, module_id, instructor_ids, room, capacity, whole_cohort, state, created_at) VALUES
  (§offering§, §programme§, §cohort-run§, §module§, ARRAY[§instructor§::uuid], 'Room 1 of ~', 30, false, 'published', '2026-08-01');
INSERT INTO offering_places (id, programme_id, offering_id, enrolment_id, person_id, created_at) VALUES
  (§place§, §programme§, §offering§, §enrolment§, §applicant§, '2026-08-01');
INSERT INTO class_sessions (id, programme_id, cohort_id, offering_id, module_id, starts_at, ends_at, room, link, instructor_ids, published, state, cancel_reason, changed_at, created_at) VALUES
  (§class§, §programme§, §cohort-run§, §offering§, §module§, '2026-12-10 11:00+00', '2026-12-10 14:00+00', 'Room 1 of ~', '', ARRAY[§instructor§::uuid], true, 'scheduled', NULL, '2026-08-01', '2026-08-01'),
  (§class-lost§, §programme§, §cohort-run§, §offering§, §module§, '2026-12-03 11:00+00', '2026-12-03 14:00+00', 'Room 1 of ~', '', ARRAY[§instructor§::uuid], true, 'cancelled', 'signal_8', '2026-12-03', '2026-08-01');
INSERT INTO class_notes (id, programme_id, cohort_id, session_id, instructor_ids, title_en, title_zh, body, url, release, created_at) VALUES
  (§note§, §programme§, §cohort-run§, §class§, ARRAY[§instructor§::uuid], 'Reading of ~', '閱讀~', 'Text of ~', 'https://library.example/~', 'now', '2026-08-01');
INSERT INTO note_marks (id, programme_id, note_id, person_id, created_at) VALUES
  (§mark§, §programme§, §note§, §applicant§, '2026-12-01');
INSERT INTO calendar_feeds (id, person_id, token_hash, read_at, created_at) VALUES
  (§feed§, §applicant§, sha256('calendar-of-~'), '2026-12-05 03:30+00', '2026-11-01');
INSERT INTO assessments (id, programme_id, cohort_id, offering_id, module_id, plan_number, part, kind, title_en, title_zh, brief_en, brief_zh, opens_at, due_at, takes_files, rubric, instructor_ids, state, created_at) VALUES
  (§assessment§, §programme§, §cohort-run§, §offering§, §module§, 1, 1, 'case', 'Case file of ~', '個案檔案~', 'Brief of ~', '要求~', '2026-09-01', '2026-11-20', true, '[{"name": {"en": "Risks", "zh": "風險"}, "points": 10}]', ARRAY[§instructor§::uuid], 'marking', '2026-08-01');
INSERT INTO assessment_candidates (id, programme_id, cohort_id, assessment_id, enrolment_id, person_id, number, created_at) VALUES
  (§candidate§, §programme§, §cohort-run§, §assessment§, §enrolment§, §applicant§, 101, '2026-09-01');
INSERT INTO assessment_extensions (id, programme_id, cohort_id, assessment_id, candidate_id, person_id, reason, until_at, state, created_at) VALUES
  (§extension§, §programme§, §cohort-run§, §assessment§, §candidate§, §applicant§, 'Canary~p was ill.', '2027-01-20', 'requested', '2026-11-19');
INSERT INTO submissions (id, programme_id, cohort_id, assessment_id, candidate_id, person_id, try, file_ids, submitted_at) VALUES
  (§submission§, §programme§, §cohort-run§, §assessment§, §candidate§, §applicant§, 1, ARRAY[§file§::uuid], '2026-11-19');
INSERT INTO scripts (id, programme_id, cohort_id, assessment_id, candidate_id, label, file_ids, state, first_id, instructor_ids, created_at) VALUES
  (§script§, §programme§, §cohort-run§, §assessment§, §candidate§, '101', ARRAY[§file§::uuid], 'not_marked', §instructor§, ARRAY[§instructor§::uuid], '2026-11-21');
INSERT INTO released_marks (id, programme_id, cohort_id, assessment_id, candidate_id, module_id, part, enrolment_id, person_id, pass_mark, raw, mark, feedback, appeal_until, released_at) VALUES
  (§released§, §programme§, §cohort-run§, §assessment§, §candidate§, §module§, 1, §enrolment§, §applicant§, 5000, 6000, 6000, 'Canary~p feedback', '2027-06-01', '2026-11-25');
INSERT INTO appeals (id, programme_id, cohort_id, assessment_id, released_id, person_id, grounds, state, mark_before, created_at) VALUES
  (§appeal§, §programme§, §cohort-run§, §assessment§, §released§, §applicant§, 'Canary~p grounds', 'lodged', 6000, '2026-11-26');
INSERT INTO attendance_policies (cohort_id, programme_id, threshold, created_at) VALUES
  (§cohort-run§, §programme§, 7500, '2026-09-01');
INSERT INTO registers (session_id, programme_id, cohort_id, late_after, opens_before, closes_after, created_at) VALUES
  (§class§, §programme§, §cohort-run§, 10, 15, 20, '2026-12-01');
INSERT INTO attendance_records (id, session_id, module_id, cohort_id, programme_id, enrolment_id, person_id, state, minutes, held, note, changed_at, created_at) VALUES
  (§record§, §class§, §module§, §cohort-run§, §programme§, §enrolment§, §applicant§, 'late', 120, 180, 'Came by train', '2026-12-01', '2026-12-01');
INSERT INTO apologies (id, programme_id, cohort_id, session_id, enrolment_id, person_id, reason, evidence_id, created_at) VALUES
  (§apology§, §programme§, §cohort-run§, §class§, §enrolment§, §applicant§, 'Canary~p is ill.', §file§, '2026-12-01');

INSERT INTO at_risk_rules (id, programme_id, number, attendance_below, attendance_after, overdue_from, silent_days, mark_below, trend_drop, trend_of,
    points_attendance, points_overdue, points_silence, points_marks, points_attendance_trend, points_marks_trend, case_from, author_id, created_at) VALUES
  (§risk-rules§, §programme§, 1, 8000, 360, 1, 14, 5000, 2000, 3, 3, 2, 2, 2, 2, 1, 2, §coordinator§, '2026-09-01');
INSERT INTO risk_looks (id, programme_id, looked_on, trainees, opened, gone, created_at) VALUES
  (§risk-look§, §programme§, '2026-12-01', 1, 1, 0, '2026-12-01');
INSERT INTO risk_cases (id, programme_id, cohort_id, enrolment_id, person_id, rules_number, reasons, codes, severity, state, owner_id, due_on, opened_at) VALUES
  (§risk§, §programme§, §cohort-run§, §enrolment§, §applicant§, 1, '[{"code": "silence", "since": "2026-11-01", "days": 30}]', '{silence}', 2,
   'in_hand', §coordinator§, '2026-12-20', '2026-12-01');
INSERT INTO risk_standings (case_id, programme_id, enrolment_id, person_id, reasons, owner_name, opened_at, looked_at) VALUES
  (§risk§, §programme§, §enrolment§, §applicant§, '[{"code": "silence", "since": "2026-11-01", "days": 30}]', 'Office ~', '2026-12-01', '2026-12-01');
INSERT INTO risk_notes (id, case_id, programme_id, person_id, author_id, author_name, body, shown, created_at) VALUES
  (§risk-note§, §risk§, §programme§, §applicant§, §coordinator§, 'Office ~', 'Canary~c internal note', false, '2026-12-02'),
  (§risk-note-2§, §risk§, §programme§, §applicant§, §coordinator§, 'Office ~', 'Canary~p note for the trainee', true, '2026-12-02');
-- Withdrawn: nobody of the organisations may see anything any more.
INSERT INTO sharing_consents (id, programme_id, enrolment_id, person_id, organisation_id, scope, words, withdrawn_at, created_at) VALUES
  (§consent-university§, §programme§, §enrolment§, §applicant§, §university§, 'attendance', 1, '2026-12-02', '2026-11-01'),
  (§consent-bank§, §programme§, §enrolment§, §applicant§, §bank§, 'progress', 1, '2026-12-02', '2026-11-01');
INSERT INTO looks (id, programme_id, enrolment_id, person_id, organisation_id, looker_id, looker_name, scope, created_at) VALUES
  (§look§, §programme§, §enrolment§, §applicant§, §university§, §applicant§, 'Somebody of ~', 'attendance', '2026-11-20');
INSERT INTO completion_rules (id, programme_id, number, state, content, version, published_at, created_at) VALUES
  (§rules§, §programme§, 1, 'published', jsonb_build_object('name', jsonb_build_object('en', 'Rules of ~', 'zh', '規則~'), 'attendance', jsonb_build_object('whole', 8000, 'each', null, 'excused', 'left_out'), 'all_of', jsonb_build_array(§module§::text), 'forms', jsonb_build_array(jsonb_build_object('key', 'agreement', 'name', jsonb_build_object('en', 'Agreement', 'zh', '協議')))), 2, '2026-08-01', '2026-07-30'),
  (§rules-draft§, §programme§, 2, 'draft', jsonb_build_object('name', jsonb_build_object('en', 'Next rules of ~', 'zh', '新規則~'), 'all_of', jsonb_build_array(§module§::text)), 1, NULL, '2026-11-01');
INSERT INTO cohort_rules (id, programme_id, cohort_id, rules_id, sequence, created_at) VALUES
  (§followed§, §programme§, §cohort-run§, §rules§, 1, '2026-08-01');
INSERT INTO completion_forms (id, programme_id, cohort_id, enrolment_id, person_id, form, recorded_on, created_at) VALUES
  (§form-in§, §programme§, §cohort-run§, §enrolment§, §applicant§, 'agreement', '2026-09-01', '2026-09-01');
INSERT INTO learning_breaks (id, programme_id, cohort_id, enrolment_id, person_id, kind, starts_on, ends_on, reason, state, created_at) VALUES
  (§break§, §programme§, §cohort-run§, §enrolment§, §applicant§, 'break', '2027-01-04', '2027-01-15', 'Canary~p reason of a break', 'asked', '2026-12-01');
INSERT INTO focus_areas (id, programme_id, code, name_en, name_zh, created_at) VALUES
  (§area§, §programme§, 'regtech', 'Monitoring ~', '監測~', '2026-01-01');
INSERT INTO wage_rates (starts_on, cents_an_hour, source, created_at)
  SELECT '2026-05-01', 4310, 'Labour Department', '2026-01-01' WHERE '~' = 'A';
INSERT INTO placement_rounds (id, programme_id, name_en, name_zh, cohort_ids, state, opens_at, closes_at, seat_deadline, list_deadline, starts_on, ends_on, created_at) VALUES
  (§round§, §programme§, 'Round of ~', '輪次~', ARRAY[§cohort-run§::uuid], 'open', '2026-11-01', '2027-01-31', '2027-02-10', '2027-02-20', '2027-02-01', '2027-06-30', '2026-10-01');
INSERT INTO round_terms (id, programme_id, round_id, organisation_id, ranking, created_at) VALUES
  (§terms§, §programme§, §round§, §bank§, 'posting_lists', '2026-11-01');
INSERT INTO placement_partnerships (id, programme_id, organisation_id, status, signed_on, starts_on, ends_on, remark, created_at) VALUES
  (§host§, §programme§, §bank§, 'active', '2026-09-01', '2026-10-01', '2028-09-30', 'Signed by ~', '2026-09-01');
INSERT INTO capacity_asks (id, programme_id, organisation_id, starts_on, ends_on, due_on, words, state, created_at) VALUES
  (§capacity§, §programme§, §bank§, '2027-02-01', '2027-06-30', '2026-12-20', 'How many of ~?', 'asked', '2026-11-20');
INSERT INTO postings (id, programme_id, organisation_id, round_id, number, state, area_ids, seats, allowance_cents, starts_on, ends_on, writer_ids, submitted_by, submitted_at, created_at, content, comment)
  SELECT p.id::uuid, §programme§, §bank§, §round§, 'P-~-' || p.n, p.state, ARRAY[§area§::uuid], 3, 1200000, '2027-02-01', '2027-06-30', ARRAY[§supervisor-writer§::uuid],
    §supervisor-writer§, p.sent::timestamptz, '2026-11-02',
    jsonb_build_object('title_en', 'Posting ' || p.n || ' of ~', 'title_zh', '職位' || p.n || '~', 'entity_en', 'Kapok Bank ~ Limited', 'entity_zh', '木棉銀行~有限公司',
      'summary_en', 'Summary', 'summary_zh', '簡介', 'tasks_en', E'One\nTwo\nThree', 'tasks_zh', E'一\n二\n三', 'objectives_en', 'Learn', 'objectives_zh', '學習',
      'deliverable_en', 'Report', 'deliverable_zh', '報告', 'data_class', 'internal', 'cross_boundary', 'none', 'city', 'hong_kong', 'mode', 'on_site', 'work_languages', 'en',
      'hours_week', '40', 'pattern', 'weekdays', 'load', 'full_time', 'paid', 'yes', 'currency', 'HKD', 'per', 'month', 'wage_category', 'ordinary', 'payer_en', 'Bank', 'payer_zh', '銀行',
      'background', 'basic', 'supervisor_name', CASE '~' WHEN 'A' THEN 'CanaryAk Supervisor' ELSE 'CanaryOk Supervisor' END, 'supervisor_email', 'supervisor@example.org'),
    CASE p.n WHEN 3 THEN 'Please name the tools.' ELSE '' END
  FROM (VALUES (§posting§, 1, 'open', '2026-11-10'), (§posting-sent§, 2, 'submitted', '2026-11-20'), (§posting-draft§, 3, 'returned', '2026-11-12'), (§posting-free§, 4, 'open', '2026-11-11')) p (id, n, state, sent);
INSERT INTO seat_changes (id, programme_id, organisation_id, round_id, posting_id, kind, seats_before, seats_after, reason, asked_by, created_at) VALUES
  (§change§, §programme§, §bank§, §round§, §posting§, 'seats', 3, 4, 'Reason of ~', §supervisor-writer§, '2026-12-01');
INSERT INTO placement_profiles (enrolment_id, programme_id, person_id, area_ids, cities, languages, degree, created_at) VALUES
  (§enrolment§, §programme§, §applicant§, ARRAY[§area§::uuid], '{hong_kong}', '{en}', 'master', '2026-11-15');
INSERT INTO posting_saves (id, programme_id, posting_id, person_id, created_at) VALUES
  (§save§, §programme§, §posting§, §applicant§, '2026-11-16');
INSERT INTO posting_interests (id, programme_id, organisation_id, round_id, posting_id, cohort_id, enrolment_id, person_id, name_shown, trainee_number, note, shares, shared, document_id, created_at) VALUES
  (§interest§, §programme§, §bank§, §round§, §posting§, §cohort-run§, §enrolment§, §applicant§, 'Trainee of ~', 'RUN-~-001', 'Note to the bank of ~', '{profile,cv}', '{"languages": ["en"]}', §file§, '2026-11-18');
INSERT INTO match_runs (id, programme_id, round_id, number, run_id, input_sha256, output_sha256, summary, frozen_by, frozen_at) VALUES
  (§run§, §programme§, §round§, 1, 'run-~', repeat('a', 64), repeat('b', 64), jsonb_build_object('matched', 0, 'unmatched', 0, 'seats', 0, 'unfilled', 0,
    'first_choice', 0, 'top3', 0, 'mean_rank', NULL, 'profile', '[]'::jsonb, 'input_sha256', repeat('a', 64), 'output_sha256', repeat('b', 64),
    'seed_sha256', NULL, 'blocking_pairs', 0), §supervisor-writer§, '2027-02-21');
INSERT INTO match_snapshots (run_id, programme_id, input, assignment, cutoffs, bank_cutoffs, reasons) VALUES
  (§run§, §programme§, '{"banks":[],"ineligible":[],"policy_version":"1","postings":[],"run_id":"run-~","seed":null,"trainees":[]}',
    E'trainee,posting\n', E'posting,cutoff_rank\n', E'bank,cutoff_rank\n', E'trainee,posting,reason,detail\n');
INSERT INTO placement_documents (id, programme_id, enrolment_id, person_id, kind, file_id, label, created_at) VALUES
  (§document§, §programme§, §enrolment§, §applicant§, 'transcript', §file§, 'transcript of ~.pdf', '2026-11-17');
UPDATE posting_interests SET papers = jsonb_build_array(jsonb_build_object('document', §document§, 'file', §file§, 'kind', 'transcript', 'label', 'transcript of ~.pdf'))
  WHERE id = §interest§;
INSERT INTO placements (id, programme_id, round_id, organisation_id, posting_id, enrolment_id, person_id, name_shown, trainee_number, state, starts_on, ends_on, hours_week,
    answer_by, supervisor_name, supervisor_email, created_at) VALUES
  (§placement§, §programme§, §round§, §bank§, §posting§, §enrolment§, §applicant§, 'Trainee of ~', 'RUN-~-001', 'active', '2026-11-02', '2027-01-31', 40, NULL,
   'Guide of ~', 'guide@example.org', '2026-10-01'),
  (§placement-offered§, §programme§, §round§, §bank§, §posting-free§, §enrolment-of-before§, §applicant§, 'Trainee of ~', 'RUN-~-000', 'offered', '2027-02-01', '2027-06-30', 40,
   '2026-12-20', 'Guide of ~', 'guide@example.org', '2026-12-01'),
  (§placement-ready§, §programme§, §round§, §bank§, §posting-free§, §enrolment-of-long-ago§, §applicant§, 'Trainee of ~', 'RUN-~-00x', 'onboarding', '2026-12-01', '2027-03-31', 40,
   NULL, 'Guide of ~', 'guide@example.org', '2026-10-01'),
  (§placement-gone§, §programme§, §round§, §bank§, §posting-free§, §enrolment-of-long-ago§, §applicant§, 'Trainee of ~', 'RUN-~-00y', 'withdrawn_by_trainee', '2026-12-01', '2027-03-31',
   40, NULL, 'Guide of ~', 'guide@example.org', '2026-09-01');
INSERT INTO agreement_wordings (id, programme_id, number, text_en, text_zh, published_at, published_by, created_at) VALUES
  (§wording§, §programme§, 1, 'Between {trainee} and {institution}.', '由{trainee}及{institution}訂立。', '2026-09-01', §supervisor-writer§, '2026-09-01');
INSERT INTO agreements (id, programme_id, placement_id, organisation_id, person_id, number, wording_id, starts_on, ends_on, hours_week, text_en, text_zh, sha256, created_by, created_at) VALUES
  (§agreement§, §programme§, §placement§, §bank§, §applicant§, 1, §wording§, '2026-11-02', '2027-01-31', 40, 'Between the trainee of ~ and the bank.', '由學員及銀行訂立。', repeat('c', 64),
   §supervisor-writer§, '2026-10-05');
INSERT INTO checklist_items (id, programme_id, code, name_en, name_zh, owner, due_days, evidence, needed, position, created_at) VALUES
  (§item§, §programme§, 'nda', 'Terms signed', '簽署條款', 'trainee', 5, 'none', true, 1, '2026-09-01'),
  (§item-away§, §programme§, 'old', 'Old item', '舊項目', 'office', 5, 'none', false, 2, '2026-09-01');
UPDATE checklist_items SET archived_at = '2026-10-01' WHERE id = §item-away§;
INSERT INTO placement_tasks (id, programme_id, placement_id, organisation_id, person_id, code, name_en, name_zh, owner, evidence, needed, position, due_on, created_at) VALUES
  (§task§, §programme§, §placement§, §bank§, §applicant§, 'nda', 'Terms signed', '簽署條款', 'trainee', 'none', true, 1, '2026-10-28', '2026-10-02'),
  (§task-of-host§, §programme§, §placement§, §bank§, §applicant§, 'insurance', 'Insurance', '保險', 'institution', 'note', true, 2, '2026-10-28', '2026-10-02');
INSERT INTO work_standings (id, programme_id, placement_id, organisation_id, person_id, kind, facts, starts_on, ends_on, calendar_year, decided_by, decided_at, declaration, created_at) VALUES
  (§standing§, §programme§, §placement§, §bank§, §applicant§, 'work_experience', '{"studies": "local", "endorsed": false, "component": false, "under_26": true}', '2026-11-02', '2026-12-20',
   2026, §supervisor-writer§, '2026-10-03', 'I declare.', '2026-10-03');
INSERT INTO weekly_logs (id, programme_id, placement_id, organisation_id, person_id, week, state, days, submitted_at, created_at) VALUES
  (§log§, §programme§, §placement§, §bank§, §applicant§, '2026-11-23', 'submitted',
   '[{"day": "2026-11-23", "from": "09:00:00", "to": "18:00:00", "rest": 60, "task": "Work of ~", "place": "office", "competencies": []}]', '2026-11-29', '2026-11-27');
INSERT INTO evaluations (id, programme_id, placement_id, organisation_id, person_id, point, author, answers, submitted_by, submitted_at, created_at) VALUES
  (§evaluation§, §programme§, §placement§, §bank§, §applicant§, 'mid', 'self', '{"risk": "4"}', §applicant§, '2026-12-01', '2026-12-01');
INSERT INTO visits (id, programme_id, placement_id, organisation_id, person_id, mode, planned_on, created_at) VALUES
  (§visit§, §programme§, §placement§, §bank§, §applicant§, 'call', '2026-12-02', '2026-11-20');
INSERT INTO incidents (id, programme_id, placement_id, reporter_id, severity, happened_on, words, created_at) VALUES
  (§incident§, §programme§, §placement§, §applicant§, 'low', '2026-11-25', 'Canary~p words of an incident', '2026-11-26');
INSERT INTO funding_schemes (id, programme_id, name_en, name_zh, valid_from, valid_to, claim_days, share_bp, month_cap_cents, least_hours_bp, period, created_at) VALUES
  (§scheme§, §programme§, 'Scheme of ~', '資助~', '2026-04-01', '2027-03-31', 90, 8000, 800000, 0, 'whole', '2026-09-01');
INSERT INTO funded_placements (id, programme_id, scheme_id, placement_id, person_id, month_pay_cents, verified_on, verified_by, created_at) VALUES
  (§funded§, §programme§, §scheme§, §placement§, §applicant§, 1200000, '2026-10-20', §supervisor-writer§, '2026-10-20'),
  (§funded-ready§, §programme§, §scheme§, §placement-ready§, §applicant§, 1200000, '2026-10-20', §supervisor-writer§, '2026-10-20');
INSERT INTO funding_claims (id, programme_id, scheme_id, funded_id, placement_id, person_id, month, pay_cents, worked_minutes, contract_minutes, amount_cents, submitted_by, submitted_on, created_at) VALUES
  (§claim§, §programme§, §scheme§, §funded§, §placement§, §applicant§, '2026-10-01', 1200000, 9000, 10000, 800000, §supervisor-writer§, '2026-11-05', '2026-11-05');
INSERT INTO links (id, purpose, person_id, subject_id, created_at, expires_at) VALUES
  (§link-log§, 'log', §second§, §log§, '2026-11-29', '2100-01-01');
INSERT INTO links (id, purpose, person_id, subject_id, next_path, created_at, expires_at) VALUES
  (§link-evaluation§, 'evaluation', §second§, §placement§, 'mid', '2026-12-01', '2100-01-01');
INSERT INTO interview_blackouts (id, programme_id, round_id, starts_at, ends_at, name_en, name_zh, created_at) VALUES
  (§blackout§, §programme§, §round§, '2027-01-25', '2027-01-27', 'Examinations of ~', '考試~', '2026-11-05');
INSERT INTO interview_panels (id, programme_id, organisation_id, round_id, name, members, posting_ids, created_at) VALUES
  (§panel§, §programme§, §bank§, §round§, 'Panel of ~', '[{"name": "Chair of ~", "email": "chair@example.org"}]', ARRAY[§posting§::uuid], '2026-11-20');
INSERT INTO interview_days (id, programme_id, organisation_id, round_id, panel_id, held_on, starts_minute, ends_minute, length_minutes, break_minutes, room, created_at) VALUES
  (§day§, §programme§, §bank§, §round§, §panel§, '2027-01-20', 600, 660, 20, 10, 'Room of ~', '2026-11-20'),
  (§day-given§, §programme§, §bank§, §round§, §panel§, '2027-01-21', 600, 660, 20, 10, 'Room of ~', '2026-11-20');
INSERT INTO interview_slots (id, programme_id, organisation_id, round_id, panel_id, day_id, starts_at, ends_at, created_at) VALUES
  (§slot-free§, §programme§, §bank§, §round§, §panel§, §day§, '2027-01-20 02:00+00', '2027-01-20 02:20+00', '2026-11-20'),
  (§slot§, §programme§, §bank§, §round§, §panel§, §day-given§, '2027-01-21 02:00+00', '2027-01-21 02:20+00', '2026-11-20');
INSERT INTO interview_candidates (id, programme_id, organisation_id, round_id, posting_id, interest_id, enrolment_id, person_id, name_shown, trainee_number, created_at) VALUES
  (§listed§, §programme§, §bank§, §round§, §posting§, §interest§, §enrolment§, §applicant§, 'Trainee of ~', 'RUN-~-001', '2026-11-21');
INSERT INTO interview_notes (candidate_id, programme_id, organisation_id, before_words, created_at) VALUES
  (§listed§, §programme§, §bank§, 'Private note of ~', '2026-11-22');
INSERT INTO interviews (id, programme_id, organisation_id, round_id, posting_id, candidate_id, enrolment_id, person_id, name_shown, trainee_number, panel_id, slot_id, starts_at, ends_at, room, changed_at, created_at) VALUES
  (§interview§, §programme§, §bank§, §round§, §posting§, §listed§, §enrolment§, §applicant§, 'Trainee of ~', 'RUN-~-001', §panel§, §slot§, '2027-01-21 02:00+00', '2027-01-21 02:20+00', 'Room of ~', '2026-11-25', '2026-11-25');
INSERT INTO places_beforehand (id, programme_id, round_id, organisation_id, posting_id, enrolment_id, person_id, reason, asked_by, created_at) VALUES
  (§given§, §programme§, §round§, §bank§, §posting-free§, §enrolment§, §applicant§, 'Canary~p was there before', §supervisor-writer§, '2026-11-25');
INSERT INTO match_repairs (id, programme_id, round_id, reason, opened_by, created_at) VALUES
  (§repair§, §programme§, §round§, 'Wrong list of ~', §supervisor-writer§, '2027-02-22');
INSERT INTO list_people (id, programme_id, round_id, organisation_id, person_id, part, named_by, created_at) VALUES
  (§lister§, §programme§, §round§, §bank§, §representative§, 'certifier', §representative§, '2026-11-25');
