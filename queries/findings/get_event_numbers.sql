-- The lowest and the highest number of the events, one row, 0 and -1 where there are none.
SELECT
  (SELECT coalesce(min(event_id), 0) FROM process_event) AS first_number,
  (SELECT coalesce(max(event_id), -1) FROM process_event) AS last_number;
