DROP FUNCTION banyan_uncounted(uuid[]);
DROP TABLE learning_breaks, completions, completion_forms, cohort_rules, completion_rules;
