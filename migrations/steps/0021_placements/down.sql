DROP TABLE posting_interests, posting_saves, placement_profiles, wage_rates, seat_changes, postings, capacity_asks,
  placement_partnerships, round_terms, placement_rounds, focus_areas;
