DROP TRIGGER class_notes_taught ON class_sessions;
DROP FUNCTION banyan_class_notes_taught();
DROP TABLE note_marks, class_notes;
