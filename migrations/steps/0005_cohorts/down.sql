DROP TABLE rubric_criteria, seat_pools, cohorts;
