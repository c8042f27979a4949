DROP TABLE apologies, attendance_records, registers, attendance_policies;
