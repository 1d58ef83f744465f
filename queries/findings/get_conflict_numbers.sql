-- The lowest and the highest number of the conflicts, one row, 0 and -1 where there are none.
SELECT
  (SELECT coalesce(min(conflict_id), 0) FROM conflict) AS first_number,
  (SELECT coalesce(max(conflict_id), -1) FROM conflict) AS last_number;
