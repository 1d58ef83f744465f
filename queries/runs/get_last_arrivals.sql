-- The newest event and completion by arrival, one row, 0 when there is none.
SELECT
  (SELECT coalesce(max(event_id), 0) FROM process_event) AS event_id,
  (SELECT coalesce(max(event_completion_id), 0) FROM event_completion) AS event_completion_id;
