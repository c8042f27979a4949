ALTER TABLE letters DROP COLUMN calendar_text, DROP COLUMN calendar_method;
DROP TABLE calendar_feeds, class_sessions, offering_places, offerings, closed_periods;
