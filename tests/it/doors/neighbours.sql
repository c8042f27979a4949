-- Another applicant of A, beside the first in the same cohorts; and B's bank holds seats in A's cohort.
INSERT INTO people (id, email, email_identity, email_confirmed_at, family_name, given_names, display_name, phone, programme_ids, created_at) VALUES
  (§applicant-other§, 'canaryaq.other@example.org', 'canaryaq.other@example.org', '2026-01-01', 'CanaryAqFamily', 'CanaryAqGiven', 'CanaryAq Other', '+85261234567', ARRAY[§programme§::uuid], '2026-01-01');
INSERT INTO seat_pools (id, cohort_id, programme_id, organisation_id, capacity, offered, taken, hold_until, created_at) VALUES
  (§pool-neighbour§, §cohort§, §programme§, §B.bank§, 7, 0, 0, '2027-01-15', '2026-01-01');
INSERT INTO applications (id, cohort_id, programme_id, person_id, reference, state, family_name, given_names, name_shown, name_sort, email, phone, lang, route,
    university_id, employer_id, statement, source, submitted_at, created_at, updated_at) VALUES
  (§neighbour-review§, §cohort-review§, §programme§, §applicant-other§, 'A-REF-12', 'under_review', 'CanaryAqFamily', 'CanaryAqGiven', 'CanaryAq Shown', 'canaryaq shown', 'canaryaq.other@example.org', '+85261234567', 'en', 'open', §university§, §B.bank§, 'CanaryAq statement', 'web', '2026-11-21', '2026-11-01', '2026-11-01'),
  (§neighbour-offer§, §cohort§, §programme§, §applicant-other§, 'A-REF-13', 'waitlisted', 'CanaryAqFamily', 'CanaryAqGiven', 'CanaryAq Shown', 'canaryaq shown', 'canaryaq.other@example.org', '+85261234567', 'en', 'open', §university§, §B.bank§, 'CanaryAq statement', 'web', '2026-10-21', '2026-10-01', '2026-10-01');
INSERT INTO application_cases (application_id, cohort_id, programme_id, score_milli, spread_milli, reviews_done, decision, decision_reason, decided_by, decided_at, release_id, released_at, created_at) VALUES
  (§neighbour-review§, §cohort-review§, §programme§, 3999, 777, 1, 'accept', 'CanaryAc reason', §coordinator§, '2026-12-01', NULL, NULL, '2026-11-21'),
  (§neighbour-offer§, §cohort§, §programme§, 4001, 778, 1, 'waitlist', 'CanaryAc reason', §coordinator§, '2026-11-19', §release§, '2026-11-20', '2026-10-21');
INSERT INTO waitlist_entries (id, application_id, cohort_id, programme_id, person_id, rank, pool_ids, created_at) VALUES
  (§waiting§, §neighbour-offer§, §cohort§, §programme§, §applicant-other§, 1, ARRAY[§pool-open§::uuid], '2026-11-20');
INSERT INTO seat_pools (id, cohort_id, programme_id, organisation_id, capacity, hold_until, created_at) VALUES
  (§call-open§, §cohort-open§, §programme§, NULL, 20, NULL, '2026-01-01'),
  (§call-bank§, §cohort-open§, §programme§, §bank§, 5, '2027-05-01', '2026-01-01'),
  (§call-neighbour§, §cohort-open§, §programme§, §B.bank§, 7, '2027-05-01', '2026-01-01');
-- Another bank takes part in A's round: what A's bank must not learn of.
INSERT INTO postings (id, programme_id, organisation_id, round_id, number, state, seats, content, created_at) VALUES
  (§posting-neighbour§, §programme§, §B.bank§, §round§, 'P-A-9', 'submitted', 5, '{"title_en": "Neighbour posting", "title_zh": "鄰行職位"}', '2026-11-02');
INSERT INTO capacity_asks (id, programme_id, organisation_id, starts_on, ends_on, due_on, state, seats, answered_at, created_at) VALUES
  (§capacity-neighbour§, §programme§, §B.bank§, '2027-02-01', '2027-06-30', '2026-12-20', 'answered', 5, '2026-11-25', '2026-11-20');
INSERT INTO placement_partnerships (id, programme_id, organisation_id, status, signed_on, starts_on, ends_on, created_at) VALUES
  (§host-neighbour§, §programme§, §B.bank§, 'active', '2026-09-01', '2026-10-01', '2028-09-30', '2026-09-01');
