DROP TABLE imports, reviews, application_notes, application_cases, application_tokens, applications;
