-- The lowest and the highest event that a row repeated, one row, 0 and -1 where there are none.
SELECT
  (SELECT coalesce(min(event_id), 0) FROM repeated_event) AS first_number,
  (SELECT coalesce(max(event_id), -1) FROM repeated_event) AS last_number;
