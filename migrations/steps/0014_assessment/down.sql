DROP TABLE appeals, released_marks, script_marks, scripts, submissions, assessment_extensions, assessment_candidates, assessments;
DROP FUNCTION banyan_submission_stays();
