-- What an instructor teaches in every programme, for clashes and for the feed of their calendar.
CREATE INDEX class_sessions_instructors ON class_sessions USING gin (instructor_ids);
-- What stands at a time, whoever's it is.
CREATE INDEX class_sessions_starts ON class_sessions (starts_at);
-- What waits for the office.
CREATE INDEX apologies_sent ON apologies (cohort_id) WHERE state = 'sent';
CREATE INDEX assessment_extensions_requested ON assessment_extensions (cohort_id) WHERE state = 'requested';
CREATE INDEX appeals_lodged ON appeals (cohort_id) WHERE state = 'lodged';
CREATE INDEX exemptions_requested ON exemptions (cohort_id) WHERE state = 'requested';
-- Who has a break, for letters about classes.
CREATE INDEX learning_breaks_granted ON learning_breaks (programme_id) WHERE state = 'granted';
