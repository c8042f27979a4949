-- What an instructor teaches in every programme, for clashes and for the feed of their calendar.
CREATE INDEX class_sessions_instructors ON class_sessions USING gin (instructor_ids);
-- What stands at a time, whoever's it is.
CREATE INDEX class_sessions_starts ON class_sessions (starts_at);
