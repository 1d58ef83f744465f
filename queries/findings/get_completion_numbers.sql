-- The lowest and the highest number of the completions, one row, 0 and -1 where there are none.
SELECT
  (SELECT coalesce(min(event_completion_id), 0) FROM event_completion) AS first_number,
  (SELECT coalesce(max(event_completion_id), -1) FROM event_completion) AS last_number;
