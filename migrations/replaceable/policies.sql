-- The second lock: who sees and changes which rows, re-created after every migration run.
--
-- A policy compares the declaration (kind, person, organisations, programmes) with columns of the
-- row itself; it never looks elsewhere. The table below is the whole list; verbs are s(elect),
-- i(nsert), u(pdate), d(elete). The same list is what banyan_app is granted: nothing else exists.
--
-- Every request asks these two first: whoever comes now waits here, empty-handed, and whoever is at work
-- can finish; else they and we would hold each other up.
DO $$
BEGIN
  IF to_regclass('sessions') IS NOT NULL THEN
    LOCK TABLE sessions, api_tokens IN ACCESS EXCLUSIVE MODE;
  END IF;
END $$;
DO $$
DECLARE
  t record;
  p record;
  verb text;
  condition text;
  staff CONSTANT text := '(SELECT banyan_kind()) IN (''coordinator'', ''administrator'') AND programme_id = ANY ((SELECT banyan_programmes())::uuid[])';
  own CONSTANT text := 'person_id = (SELECT banyan_person())';
  applicant CONSTANT text := '(SELECT banyan_kind()) = ''applicant'' AND person_id = (SELECT banyan_person())';
  reviewer CONSTANT text := '(SELECT banyan_kind()) = ''reviewer'' AND programme_id = ANY ((SELECT banyan_programmes())::uuid[])';
  member CONSTANT text := '(SELECT banyan_kind()) IN (''liaison'', ''representative'', ''supervisor'') AND organisation_id = ANY ((SELECT banyan_organisations())::uuid[])';
  anyone CONSTANT text := '(SELECT banyan_kind()) <> ''''';
  desk CONSTANT text := '(SELECT banyan_kind()) IN (''coordinator'', ''administrator'')';
  house CONSTANT text := '(SELECT banyan_kind()) = ''administrator'' AND programme_id IS NULL';
  instructor CONSTANT text := '(SELECT banyan_kind()) = ''instructor'' AND programme_id = ANY ((SELECT banyan_programmes())::uuid[]) AND (SELECT banyan_person()) = ANY (instructor_ids)';
  partner CONSTANT text := '(SELECT banyan_kind()) IN (''liaison'', ''representative'') AND organisation_id = ANY ((SELECT banyan_organisations())::uuid[])';
  host CONSTANT text := '(SELECT banyan_kind()) = ''representative'' AND organisation_id = ANY ((SELECT banyan_organisations())::uuid[]) AND programme_id = ANY ((SELECT banyan_programmes())::uuid[])';
  committee CONSTANT text := '(SELECT banyan_kind()) = ''committee'' AND programme_id = ANY ((SELECT banyan_programmes())::uuid[])';
BEGIN
  FOR p IN SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP POLICY %I ON %I', p.policyname, p.tablename);
  END LOOP;
  REVOKE ALL ON ALL TABLES IN SCHEMA public FROM banyan_app;
  GRANT USAGE ON SCHEMA public TO banyan_app;
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '\_\_%' LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t.tablename);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t.tablename);
    -- The owner's own way in, for migrations that fill columns and for the sample programme's mark.
    EXECUTE format('CREATE POLICY set_up ON %I TO banyan_owner USING ((SELECT banyan_kind()) = ''task:set_up'')', t.tablename);
  END LOOP;
  GRANT SELECT ON __diesel_schema_migrations TO banyan_app;

  FOR p IN SELECT * FROM (VALUES
    -- the house
    ('house', 'everyone', 's', 'true'),
    ('idempotency_keys', 'own', 'si', own),
    ('idempotency_keys', 'sweep', 'sd', 'task:sweep'),
    ('throttles', 'count', 'siud', 'task:throttle'),
    ('throttles', 'sweep', 'sd', 'task:sweep'),
    ('audit_events', 'write', 'i', anyone || ' AND actor_id IS NOT DISTINCT FROM (SELECT banyan_person())'),
    ('audit_events', 'staff', 's', staff),
    -- Records of the house itself (organisations): neither a person's nor a programme's.
    ('audit_events', 'desk', 's', desk || ' AND programme_id IS NULL AND person_id IS NULL AND NOT confidential'),
    ('audit_events', 'house', 's', house),
    ('audit_events', 'own', 's', own || ' AND NOT confidential'),
    ('audit_events', 'seal', 's', 'task:seal_audit'),
    ('audit_details', 'write', 'i', anyone),
    ('audit_details', 'staff', 's', staff),
    ('audit_details', 'desk', 's', desk || ' AND programme_id IS NULL AND person_id IS NULL AND NOT confidential'),
    ('audit_details', 'house', 's', house),
    ('audit_details', 'own', 's', own || ' AND NOT confidential'),
    ('audit_details', 'seal', 's', 'task:seal_audit'),
    ('audit_chain', 'seal', 'si', 'task:seal_audit'),
    ('audit_checkpoints', 'seal', 'si', 'task:seal_audit'),
    ('letters', 'write', 'i', anyone),
    ('letters', 'staff', 'su', staff),
    ('letters', 'house', 'su', house),
    ('letters', 'own', 's', own),
    ('letters', 'deliver', 'su', 'task:deliver_mail'),
    ('mailbox', 'deliver', 'si', 'task:deliver_mail'),
    ('mailbox', 'read', 's', 'task:mailbox'),
    ('mailbox', 'sweep', 'sd', 'task:sweep'),
    ('jobs', 'write', 'i', anyone),
    ('jobs', 'run', 'su', 'task:run_jobs'),
    ('files', 'owner', 'siu', 'owner_id = (SELECT banyan_person())'),
    ('files', 'staff', 'siu', staff),
    ('files', 'reader', 's', reviewer || ' AND (SELECT banyan_person()) = ANY (reader_ids)'),
    ('files', 'assign', 'su', 'task:assign_review'),
    ('files', 'sweep', 's', 'task:sweep'),
    -- people
    ('people', 'own', 'su', 'id = (SELECT banyan_person())'),
    ('people', 'staff', 's', desk || ' AND programme_ids && (SELECT banyan_programmes())::uuid[]'),
    -- People of no programme yet: administrators of the whole house, accounts just made.
    ('people', 'administrator', 's', '(SELECT banyan_kind()) = ''administrator'' AND programme_ids = ''{}'''),
    ('people', 'session', 's', 'task:session'),
    ('people', 'sign_in', 'siu', 'task:sign_in'),
    ('people', 'accounts', 'siu', 'task:accounts'),
    ('people', 'import', 's', 'task:import'),
    ('credentials', 'own', 'siu', own),
    ('credentials', 'sign_in', 'siu', 'task:sign_in'),
    ('role_grants', 'own', 's', own),
    ('role_grants', 'staff', 'siu', staff || ' AND role <> ''administrator'''),
    ('role_grants', 'administrator', 'siu', '(SELECT banyan_kind()) = ''administrator'' AND (programme_id IS NULL OR programme_id = ANY ((SELECT banyan_programmes())::uuid[]))'),
    ('role_grants', 'session', 's', 'task:session'),
    ('role_grants', 'accounts', 'siu', 'task:accounts'),
    ('sessions', 'own', 'sd', own),
    ('sessions', 'session', 'su', 'task:session'),
    ('sessions', 'sign_in', 'sid', 'task:sign_in'),
    ('sessions', 'sweep', 'sd', 'task:sweep'),
    ('api_tokens', 'own', 'siu', own),
    ('api_tokens', 'session', 'su', 'task:session'),
    ('links', 'write', 'i', anyone),
    ('links', 'sign_in', 'su', 'task:sign_in'),
    ('links', 'sweep', 'sd', 'task:sweep'),
    ('consents', 'own', 'si', own),
    ('consents', 'staff', 's', staff),
    ('consents', 'accounts', 'i', 'task:accounts'),
    -- organisations
    ('organisations', 'everyone', 's', anyone),
    ('organisations', 'desk', 'iu', desk),
    ('organisation_contacts', 'desk', 'siu', desk),
    ('organisation_contacts', 'member', 's', member),
    ('partnerships', 'staff', 'siu', staff),
    ('partnerships', 'member', 's', '(SELECT banyan_kind()) IN (''liaison'', ''representative'') AND (university_id = ANY ((SELECT banyan_organisations())::uuid[]) OR institution_id = ANY ((SELECT banyan_organisations())::uuid[]))'),
    -- programmes and cohorts
    ('programmes', 'everyone', 's', anyone),
    ('programmes', 'administrator', 'i', '(SELECT banyan_kind()) = ''administrator'''),
    ('programmes', 'office', 'u', desk || ' AND id = ANY ((SELECT banyan_programmes())::uuid[])'),
    ('sources', 'everyone', 's', anyone),
    ('sources', 'staff', 'iu', staff),
    ('targets', 'everyone', 's', anyone),
    ('targets', 'staff', 'iud', staff),
    ('observations', 'everyone', 's', anyone),
    ('observations', 'staff', 'iud', staff),
    ('holidays', 'everyone', 's', anyone),
    ('holidays', 'desk', 'iu', desk),
    ('pics', 'everyone', 's', anyone),
    ('pics', 'staff', 'i', staff),
    ('modules', 'everyone', 's', anyone),
    ('modules', 'staff', 'iu', staff),
    ('module_versions', 'everyone', 's', anyone || ' AND state <> ''draft'''),
    ('module_versions', 'staff', 'siud', staff),
    ('competencies', 'everyone', 's', anyone),
    ('competencies', 'staff', 'iu', staff),
    ('framework_references', 'everyone', 's', anyone),
    ('framework_references', 'staff', 'iu', staff),
    ('cohorts', 'everyone', 's', anyone || ' AND state <> ''planned'''),
    ('cohorts', 'staff', 'siu', staff),
    ('cohorts', 'seats', 'su', 'task:seats'),
    ('cohorts', 'import', 's', 'task:import'),
    ('seat_pools', 'staff', 'siu', staff),
    ('seat_pools', 'member', 's', member),
    ('seat_pools', 'committee', 's', committee),
    ('seat_pools', 'seats', 'su', 'task:seats'),
    ('seat_pools', 'report', 's', 'task:report'),
    -- Roll-ups: whoever changes what is counted adds a step; only staff read the sums.
    ('cohort_tallies', 'write', 'i', anyone),
    ('cohort_tallies', 'staff', 's', staff),
    ('cohort_tallies', 'fold', 'sid', 'task:sweep'),
    ('rubric_criteria', 'staff', 'siud', staff),
    ('rubric_criteria', 'public', 's', 'task:public_site'),
    ('rubric_criteria', 'reviewer', 's', reviewer),
    -- applications
    ('applications', 'own', 's', applicant),
    ('applications', 'own_new', 'i', applicant || ' AND state = ''draft'''),
    ('applications', 'own_edit', 'u', applicant || ' AND state IN (''draft'', ''submitted'', ''withdrawn'')'),
    ('applications', 'staff', 'siu', staff),
    ('applications', 'reviewer', 's', reviewer || ' AND (SELECT banyan_person()) = ANY (reviewer_ids)'),
    ('applications', 'assign', 'su', 'task:assign_review'),
    ('applications', 'import', 'siu', 'task:import'),
    ('applications', 'seats', 'su', 'task:seats'),
    ('applications', 'report', 's', 'task:report'),
    ('application_tokens', 'staff', 's', staff),
    ('application_tokens', 'index', 'sid', 'task:index'),
    ('application_tokens', 'import', 'sid', 'task:import'),
    ('application_cases', 'staff', 'siu', staff),
    ('application_cases', 'score', 'siu', 'task:score'),
    ('application_cases', 'seats', 'su', 'task:seats'),
    ('application_cases', 'import', 's', 'task:import'),
    ('application_cases', 'report', 's', 'task:report'),
    ('application_notes', 'staff', 'si', staff),
    ('reviews', 'staff', 'siu', staff),
    ('reviews', 'reviewer', 'su', reviewer || ' AND reviewer_id = (SELECT banyan_person())'),
    ('reviews', 'score', 's', 'task:score'),
    ('imports', 'staff', 'siu', staff),
    ('imports', 'import', 'siu', 'task:import'),
    -- offers and enrolments
    ('releases', 'staff', 'si', staff),
    ('offers', 'staff', 'siu', staff),
    ('offers', 'own', 's', applicant),
    ('offers', 'seats', 'siu', 'task:seats'),
    ('offers', 'report', 's', 'task:report'),
    ('waitlist_entries', 'staff', 'siu', staff),
    ('waitlist_entries', 'own', 's', applicant),
    ('waitlist_entries', 'seats', 'siu', 'task:seats'),
    ('waitlist_entries', 'report', 's', 'task:report'),
    ('enrolments', 'staff', 'su', staff),
    ('enrolments', 'own', 's', applicant),
    ('enrolments', 'session', 's', 'task:session'),
    ('enrolments', 'seats', 'siu', 'task:seats'),
    ('enrolments', 'report', 's', 'task:report'),
    ('placements', 'report', 's', 'task:report'),
    ('emergency_contacts', 'staff', 's', staff),
    ('emergency_contacts', 'own', 'siu', applicant),
    ('emergency_contacts', 'seats', 'i', 'task:seats'),
    -- exemptions: the trainee asks and withdraws, the office decides; its drafts are its own
    ('exemptions', 'own', 's', applicant),
    ('exemptions', 'own_new', 'i', applicant || ' AND state = ''requested'''),
    ('exemptions', 'own_edit', 'u', applicant || ' AND state IN (''requested'', ''withdrawn'')'),
    ('exemptions', 'staff', 'su', staff),
    ('exemption_cases', 'staff', 'siu', staff),
    -- teaching
    ('closed_periods', 'staff', 'siud', staff),
    ('offerings', 'staff', 'siu', staff),
    ('offerings', 'instructor', 's', instructor || ' AND state <> ''planned'''),
    ('offerings', 'timetable', 's', 'task:timetable'),
    ('offering_places', 'staff', 'sid', staff),
    ('offering_places', 'own', 's', applicant),
    ('offering_places', 'timetable', 's', 'task:timetable'),
    ('class_sessions', 'staff', 'siu', staff),
    ('class_sessions', 'instructor', 's', instructor || ' AND published'),
    ('class_sessions', 'timetable', 's', 'task:timetable'),
    -- materials: done-marks are the trainee's own; who reads a note as a trainee is asked of the timetable
    ('class_notes', 'staff', 'siud', staff),
    ('class_notes', 'instructor', 'siud', instructor),
    ('class_notes', 'timetable', 's', 'task:timetable'),
    ('note_marks', 'own', 'sid', applicant),
    ('note_marks', 'timetable', 's', 'task:timetable'),
    ('calendar_feeds', 'own', 'siu', own),
    ('calendar_feeds', 'timetable', 's', 'task:timetable'),
    ('calendar_feeds', 'read', 'u', '(SELECT banyan_kind()) = ''task:timetable'' AND revoked_at IS NULL'),
    -- attendance: keepers and trainees reach records by the task alone, after their proof: what a
    -- register says is told only when it is signed off
    ('attendance_policies', 'staff', 'siu', staff),
    ('attendance_policies', 'attendance', 's', 'task:attendance'),
    ('registers', 'staff', 's', staff),
    ('registers', 'attendance', 'siu', 'task:attendance'),
    ('attendance_records', 'staff', 's', staff),
    ('attendance_records', 'attendance', 'siu', 'task:attendance'),
    ('apologies', 'own', 's', applicant),
    ('apologies', 'own_new', 'i', applicant || ' AND state = ''sent'''),
    ('apologies', 'own_edit', 'u', applicant || ' AND state IN (''sent'', ''withdrawn'')'),
    ('apologies', 'staff', 'su', staff),
    ('apologies', 'attendance', 's', 'task:attendance'),
    ('class_sessions', 'attendance', 'su', 'task:attendance'),
    ('offerings', 'attendance', 's', 'task:attendance'),
    ('offering_places', 'attendance', 's', 'task:attendance'),
    ('enrolments', 'attendance', 's', 'task:attendance'),
    ('exemptions', 'attendance', 's', '(SELECT banyan_kind()) = ''task:attendance'' AND state = ''granted'''),
    ('learning_breaks', 'attendance', 's', '(SELECT banyan_kind()) = ''task:attendance'' AND state IN (''granted'', ''ended'')'),
    ('enrolments', 'timetable', 's', 'task:timetable'),
    ('exemptions', 'timetable', 's', '(SELECT banyan_kind()) = ''task:timetable'' AND state = ''granted'''),
    ('people', 'timetable', 's', 'task:timetable'),
    ('role_grants', 'timetable', 's', 'task:timetable'),
    -- completion: what is published everybody may read; a trainee asks for a break, the office decides
    ('completion_rules', 'everyone', 's', anyone || ' AND state <> ''draft'''),
    ('completion_rules', 'staff', 'siud', staff),
    -- Which cohorts there will be is no secret to be read here: a trainee is told their own cohort's.
    ('cohort_rules', 'assess', 's', 'task:assess'),
    ('cohort_rules', 'staff', 'si', staff),
    ('completion_forms', 'own', 's', applicant),
    ('completion_forms', 'staff', 'sid', staff),
    ('completions', 'own', 's', applicant),
    ('completions', 'staff', 'siu', staff),
    ('learning_breaks', 'own', 's', applicant),
    ('learning_breaks', 'own_new', 'i', applicant || ' AND state = ''asked'''),
    ('learning_breaks', 'own_edit', 'u', applicant || ' AND state IN (''asked'', ''withdrawn'')'),
    ('learning_breaks', 'staff', 'siu', staff),
    -- assessment: what is not released stands in tables that no trainee reads, and whose work it is in one
    -- that no marker reads
    ('assessments', 'staff', 'siu', staff),
    ('assessments', 'staff_mistake', 'd', staff || ' AND state = ''planned'''),
    ('assessments', 'instructor', 's', instructor),
    ('assessments', 'assess', 's', 'task:assess'),
    ('offerings', 'assess', 's', 'task:assess'),
    ('cohorts', 'assess', 's', 'task:assess'),
    ('assessment_candidates', 'staff', 'siu', staff),
    ('assessment_candidates', 'assess', 's', 'task:assess'),
    ('assessment_candidates', 'own', 's', applicant),
    ('assessment_extensions', 'staff', 'siu', staff),
    ('assessment_extensions', 'own', 's', applicant),
    ('assessment_extensions', 'own_new', 'i', applicant || ' AND state = ''requested'''),
    ('assessment_extensions', 'own_edit', 'u', applicant || ' AND state IN (''requested'', ''withdrawn'')'),
    ('submissions', 'staff', 's', staff),
    ('submissions', 'assess', 's', 'task:assess'),
    ('submissions', 'own', 'siu', applicant),
    ('scripts', 'staff', 'siu', staff),
    ('scripts', 'assess', 's', 'task:assess'),
    ('scripts', 'instructor', 'su', instructor),
    ('script_marks', 'staff', 'siud', staff),
    ('script_marks', 'marker', 'siu', '(SELECT banyan_kind()) = ''instructor'' AND programme_id = ANY ((SELECT banyan_programmes())::uuid[]) AND marker_id = (SELECT banyan_person())'),
    ('script_marks', 'assess', 's', 'task:assess'),
    ('released_marks', 'staff', 'siu', staff),
    ('released_marks', 'own', 's', applicant),
    ('appeals', 'staff', 'su', staff),
    ('appeals', 'own', 's', applicant),
    ('appeals', 'own_new', 'i', applicant || ' AND state = ''lodged'''),
    ('appeals', 'own_edit', 'u', applicant || ' AND state IN (''lodged'', ''withdrawn'')'),
    ('files', 'assess', 's', 'task:assess'),
    -- at risk: the office's, an instructor's view of those they teach, and what the trainee is told
    ('at_risk_rules', 'staff', 'si', staff),
    ('at_risk_rules', 'look', 's', 'task:at_risk'),
    ('risk_looks', 'staff', 's', staff),
    ('risk_looks', 'look', 'si', 'task:at_risk'),
    ('risk_cases', 'staff', 'su', staff),
    ('risk_cases', 'instructor', 's', instructor || ' AND state <> ''closed'' AND gone_at IS NULL'),
    ('risk_cases', 'look', 'siu', 'task:at_risk'),
    ('risk_standings', 'own', 's', applicant),
    ('risk_standings', 'staff', 'su', staff),
    ('risk_standings', 'look', 'siu', 'task:at_risk'),
    ('risk_notes', 'own', 's', applicant || ' AND shown'),
    ('risk_notes', 'staff', 'si', staff),
    ('enrolments', 'look', 's', 'task:at_risk'),
    ('offerings', 'look', 's', 'task:at_risk'),
    ('offering_places', 'look', 's', 'task:at_risk'),
    ('class_sessions', 'look', 's', 'task:at_risk'),
    ('registers', 'look', 's', 'task:at_risk'),
    ('attendance_records', 'look', 's', 'task:at_risk'),
    ('assessments', 'look', 's', 'task:at_risk'),
    ('assessment_candidates', 'look', 's', 'task:at_risk'),
    ('submissions', 'look', 's', 'task:at_risk'),
    ('released_marks', 'look', 's', 'task:at_risk'),
    ('exemptions', 'look', 's', '(SELECT banyan_kind()) = ''task:at_risk'' AND state = ''granted'''),
    ('learning_breaks', 'look', 's', '(SELECT banyan_kind()) = ''task:at_risk'' AND state IN (''granted'', ''ended'')'),
    ('sessions', 'look', 's', 'task:at_risk'),
    ('audit_events', 'look', 's', '(SELECT banyan_kind()) = ''task:at_risk'' AND (actor_kind = ''applicant'' OR verb = ''person.signed_in'')'),
    -- sharing: what a trainee lets an organisation see, and each look at it
    ('sharing_consents', 'own', 'siu', applicant),
    ('sharing_consents', 'staff', 's', staff),
    ('sharing_consents', 'share', 's', '(SELECT banyan_kind()) = ''task:share'' AND withdrawn_at IS NULL'),
    ('sharing_consents', 'member', 's', partner || ' AND withdrawn_at IS NULL'),
    ('looks', 'own', 's', applicant),
    ('looks', 'staff', 's', staff),
    ('looks', 'member', 'si', partner || ' AND looker_id = (SELECT banyan_person())'),
    ('enrolments', 'share', 's', 'task:share'),
    ('seat_pools', 'share', 's', 'task:share'),
    ('class_sessions', 'share', 's', 'task:share'),
    ('registers', 'share', 's', 'task:share'),
    ('attendance_records', 'share', 's', 'task:share'),
    ('assessments', 'share', 's', 'task:share'),
    ('released_marks', 'share', 's', 'task:share'),
    ('offerings', 'share', 's', 'task:share'),
    ('offering_places', 'share', 's', 'task:share'),
    ('completions', 'share', 's', '(SELECT banyan_kind()) = ''task:share'' AND revoked_at IS NULL'),
    ('exemptions', 'share', 's', '(SELECT banyan_kind()) = ''task:share'' AND state = ''granted'''),
    ('completion_forms', 'share', 's', 'task:share'),
    ('learning_breaks', 'share', 's', '(SELECT banyan_kind()) = ''task:share'' AND state IN (''granted'', ''ended'')'),
    -- placements: a draft is its institution's alone; trainees read postings by the task, after the proof that
    -- their cohort takes part; an institution reads the interest in its own postings while it stands
    ('focus_areas', 'everyone', 's', anyone),
    ('focus_areas', 'staff', 'siu', staff),
    ('placement_rounds', 'staff', 'siu', staff),
    ('placement_rounds', 'host', 's', '(SELECT banyan_kind()) = ''representative'' AND programme_id = ANY ((SELECT banyan_programmes())::uuid[]) AND state <> ''planned'''),
    ('placement_rounds', 'placements', 'su', 'task:placements'),
    ('round_terms', 'staff', 's', staff),
    ('round_terms', 'host', 'siu', host),
    ('placement_partnerships', 'staff', 'siu', staff),
    ('placement_partnerships', 'host', 's', host),
    ('capacity_asks', 'staff', 'siu', staff),
    ('capacity_asks', 'host', 'su', host || ' AND state <> ''withdrawn'''),
    ('postings', 'staff', 'su', staff || ' AND state <> ''draft'''),
    ('postings', 'host', 'siu', host),
    ('postings', 'placements', 's', '(SELECT banyan_kind()) = ''task:placements'' AND state NOT IN (''draft'', ''returned'')'),
    ('seat_changes', 'staff', 'su', staff),
    ('seat_changes', 'host', 'siu', host),
    ('wage_rates', 'everyone', 's', anyone),
    ('wage_rates', 'desk', 'i', desk),
    ('placement_profiles', 'own', 'siu', applicant),
    ('placement_profiles', 'staff', 's', staff),
    ('placement_documents', 'own', 'siu', applicant),
    ('posting_saves', 'own', 'sid', applicant),
    ('posting_interests', 'own', 'siu', applicant),
    ('posting_interests', 'staff', 's', staff),
    ('posting_interests', 'host', 's', host || ' AND state = ''expressed'''),
    ('files', 'placements', 's', 'task:placements'),
    ('role_grants', 'placements', 's', 'task:placements'),
    ('audit_events', 'host', 's', host || ' AND subject_kind IN (''posting'', ''seat_change'', ''capacity'', ''placement_partnership'', ''interview_candidate'', ''interview_panel'', ''interview_day'', ''interview'') AND NOT confidential'),
    -- interviews: a shortlist, its panels and days are their institution's, notes nobody else's at all; a trainee reads
    -- what is published of theirs; the task computes and publishes for all, so that nobody is asked for twice at once
    ('interview_rules', 'staff', 'siu', staff),
    ('interview_blackouts', 'staff', 'siud', staff),
    ('interview_panels', 'host', 'siu', host),
    ('interview_panels', 'interviews', 's', 'task:interviews'),
    ('interview_days', 'host', 'siud', host),
    ('interview_days', 'interviews', 's', 'task:interviews'),
    ('interview_slots', 'host', 'sid', host),
    ('interview_slots', 'interviews', 's', 'task:interviews'),
    ('interview_candidates', 'host', 'siu', host),
    ('interview_candidates', 'interviews', 'su', 'task:interviews'),
    ('interview_absences', 'own', 'sid', applicant),
    ('interview_absences', 'interviews', 's', 'task:interviews'),
    ('interviews', 'own', 's', applicant),
    ('interviews', 'host', 's', host),
    ('interviews', 'staff', 's', staff),
    ('interviews', 'interviews', 'siu', 'task:interviews'),
    ('interview_drafts', 'host', 's', host),
    ('interview_drafts', 'staff', 's', staff),
    ('interview_drafts', 'interviews', 'sid', 'task:interviews'),
    ('interview_computations', 'host', 's', host),
    ('interview_computations', 'staff', 's', staff),
    ('interview_computations', 'interviews', 'siud', 'task:interviews'),
    ('interview_notes', 'host', 'siu', host),
    ('interview_rules', 'interviews', 's', 'task:interviews'),
    ('interview_blackouts', 'interviews', 's', 'task:interviews'),
    ('placement_rounds', 'interviews', 'su', 'task:interviews'),
    ('postings', 'interviews', 's', '(SELECT banyan_kind()) = ''task:interviews'' AND state NOT IN (''draft'', ''returned'')'),
    ('posting_interests', 'interviews', 's', 'task:interviews'),
    ('enrolments', 'interviews', 's', 'task:interviews'),
    -- matches: a list is its owner's; the office sees that and what was certified, an institution nothing of a
    -- trainee's and a trainee nothing of an institution's; nobody but the office sees a run before it is published
    ('rank_lists', 'own', 'siu', applicant),
    ('rank_lists', 'host', 'siu', host),
    ('rank_lists', 'staff', 's', staff),
    ('certified_lists', 'own', 'si', applicant),
    ('certified_lists', 'host', 'si', host),
    ('certified_lists', 'staff', 's', staff),
    ('match_seeds', 'match', 'si', 'task:match'),
    ('match_commitments', 'staff', 's', staff),
    ('match_commitments', 'match', 'siu', 'task:match'),
    ('match_runs', 'staff', 'siu', staff),
    -- What went into a run holds the lots' secret.
    ('match_snapshots', 'staff', 'i', staff),
    ('match_snapshots', 'match', 's', 'task:match'),
    ('places_beforehand', 'staff', 'siu', staff),
    ('places_beforehand', 'match', 'su', 'task:match'),
    ('match_repairs', 'staff', 'siu', staff),
    ('list_people', 'host', 'siu', host),
    ('list_people', 'staff', 's', staff),
    ('match_results', 'own', 's', applicant),
    ('match_results', 'staff', 's', staff),
    ('match_results', 'match', 'si', 'task:match'),
    ('placements', 'own', 'su', applicant),
    ('placements', 'staff', 'su', staff),
    ('placements', 'host', 'su', host),
    ('placements', 'replace', 'i', staff || ' AND origin = ''replacement'''),
    ('placements', 'match', 'siu', 'task:match'),
    ('work_standings', 'match', 'u', 'task:match'),
    ('work_standings', 'match_reads', 's', 'task:match'),
    ('placement_rounds', 'match', 'su', 'task:match'),
    ('postings', 'match', 'su', '(SELECT banyan_kind()) = ''task:match'' AND state NOT IN (''draft'', ''returned'')'),
    ('posting_interests', 'match', 'si', 'task:match'),
    -- hosting: each party sees its placements, with their agreements, checklists and standings
    ('placements', 'hosting', 'su', 'task:hosting'),
    ('organisations', 'hosting', 's', 'task:hosting'),
    ('postings', 'hosting', 's', 'task:hosting'),
    ('agreement_wordings', 'staff', 'si', staff),
    ('agreements', 'staff', 'siu', staff),
    ('agreements', 'host', 's', host),
    ('agreements', 'own', 's', applicant),
    ('agreements', 'hosting', 'su', 'task:hosting'),
    ('agreement_signatures', 'staff', 'si', staff),
    ('agreement_signatures', 'host', 'si', host),
    ('agreement_signatures', 'own', 'si', applicant),
    ('checklist_items', 'staff', 'siu', staff),
    ('checklist_items', 'hosting', 's', 'task:hosting'),
    ('placement_tasks', 'staff', 'su', staff),
    ('placement_tasks', 'host', 'su', host),
    ('placement_tasks', 'own', 'su', applicant),
    ('placement_tasks', 'hosting', 'si', 'task:hosting'),
    ('work_standings', 'staff', 'siu', staff),
    ('work_standings', 'host', 'su', host),
    ('work_standings', 'own', 'su', applicant),
    ('work_standings', 'hosting', 'su', 'task:hosting'),
    -- supervision: logs and evaluations are the trainee's, the institution's and the office's; what a trainee says
    -- of an institution, and incidents, are never the institution's
    ('placements', 'supervise', 'su', 'task:supervise'),
    ('organisations', 'supervise', 's', 'task:supervise'),
    ('postings', 'supervise', 's', 'task:supervise'),
    ('placement_tasks', 'supervise', 's', 'task:supervise'),
    ('competencies', 'supervise', 's', 'task:supervise'),
    ('weekly_logs', 'own', 'siu', applicant),
    ('weekly_logs', 'host', 'su', host || ' AND state <> ''draft'''),
    ('weekly_logs', 'staff', 'su', staff),
    ('weekly_logs', 'supervise', 'su', 'task:supervise'),
    ('log_decisions', 'own', 's', applicant),
    ('log_decisions', 'host', 'si', host),
    ('log_decisions', 'staff', 'si', staff),
    ('log_decisions', 'supervise', 'si', 'task:supervise'),
    ('evaluations', 'own', 'si', applicant),
    ('evaluations', 'host', 'si', host),
    ('evaluations', 'staff', 's', staff),
    ('evaluations', 'supervise', 'si', 'task:supervise'),
    ('host_reviews', 'own', 'si', applicant),
    ('host_reviews', 'staff', 's', staff),
    ('visits', 'staff', 'siu', staff),
    ('visits', 'host', 's', host),
    ('visits', 'own', 's', applicant),
    ('visits', 'supervise', 's', 'task:supervise'),
    ('visit_minutes', 'staff', 'si', staff),
    ('incidents', 'staff', 'siu', staff),
    ('incidents', 'reporter', 'si', '(SELECT banyan_kind()) IN (''applicant'', ''representative'') AND reporter_id = (SELECT banyan_person())'),
    ('incidents', 'supervise', 's', 'task:supervise'),
    ('placement_breaks', 'staff', 'si', staff),
    ('placement_breaks', 'host', 's', host),
    ('placement_breaks', 'own', 's', applicant),
    ('placement_breaks', 'supervise', 's', 'task:supervise'),
    ('early_ends', 'staff', 'siu', staff),
    ('placement_levels', 'staff', 's', staff),
    ('placement_levels', 'own', 's', applicant),
    ('placement_levels', 'host', 'siu', host),
    ('placement_levels', 'supervise', 'siu', 'task:supervise'),
    -- funding: the programme's staff alone
    ('funding_schemes', 'staff', 'siu', staff),
    ('funded_placements', 'staff', 'siu', staff),
    ('funding_claims', 'staff', 'siu', staff)
  ) AS list (tab, name, verbs, condition) LOOP
    condition := CASE WHEN p.condition LIKE 'task:%'
      THEN format('(SELECT banyan_kind()) = %L', p.condition) ELSE p.condition END;
    FOREACH verb IN ARRAY string_to_array(p.verbs, NULL) LOOP
      CASE verb
        WHEN 's' THEN
          EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO banyan_app USING (%s)', p.name || '_s', p.tab, condition);
          EXECUTE format('GRANT SELECT ON %I TO banyan_app', p.tab);
        WHEN 'i' THEN
          EXECUTE format('CREATE POLICY %I ON %I FOR INSERT TO banyan_app WITH CHECK (%s)', p.name || '_i', p.tab, condition);
          EXECUTE format('GRANT INSERT ON %I TO banyan_app', p.tab);
        WHEN 'u' THEN
          EXECUTE format('CREATE POLICY %I ON %I FOR UPDATE TO banyan_app USING (%s) WITH CHECK (%s)', p.name || '_u', p.tab, condition, condition);
          EXECUTE format('GRANT UPDATE ON %I TO banyan_app', p.tab);
        WHEN 'd' THEN
          EXECUTE format('CREATE POLICY %I ON %I FOR DELETE TO banyan_app USING (%s)', p.name || '_d', p.tab, condition);
          EXECUTE format('GRANT DELETE ON %I TO banyan_app', p.tab);
      END CASE;
    END LOOP;
  END LOOP;

  -- History: insert and read, nothing else, whoever asks.
  FOREACH verb IN ARRAY ARRAY['audit_events', 'audit_chain', 'audit_checkpoints'] LOOP
    EXECUTE format('DROP TRIGGER IF EXISTS written_once ON %I', verb);
    EXECUTE format('CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION banyan_refuse_change()', verb);
  END LOOP;
END $$;
