DROP TRIGGER attended_stays ON class_sessions;
DROP TABLE apologies, attendance_records, registers, attendance_policies;
