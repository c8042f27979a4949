DROP TABLE placements, match_results, match_snapshots, match_runs, match_commitments, match_seeds, certified_lists, rank_lists;
