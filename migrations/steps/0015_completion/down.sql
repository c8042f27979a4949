DROP FUNCTION banyan_counted(uuid, uuid, timestamptz);
DROP TABLE learning_breaks, completions, completion_forms, cohort_rules, completion_rules;
