DROP TABLE interview_notes, interview_computations, interview_drafts, interviews, interview_absences, interview_candidates,
  interview_slots, interview_days, interview_panels, interview_blackouts, interview_rules;
