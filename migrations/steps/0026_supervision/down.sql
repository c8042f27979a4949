DROP TABLE placement_levels, early_ends, placement_breaks, incidents, visit_minutes, visits, host_reviews, evaluations, log_decisions, weekly_logs;
UPDATE links SET purpose = 'sign_in', used_at = coalesce(used_at, banyan_now()) WHERE purpose IN ('log', 'evaluation');
ALTER TABLE links DROP CONSTRAINT links_purpose_check;
ALTER TABLE links ADD CONSTRAINT links_purpose_check CHECK (purpose IN ('sign_in', 'confirm', 'reset', 'invite', 'offer'));
