-- The newest event and completion by arrival, those that were removed since included: one row, 0 when there is none.
WITH given AS (
  SELECT 'process_event' AS table_name, max(event_id) AS number FROM process_event
  UNION ALL
  SELECT 'event_completion', max(event_completion_id) FROM event_completion
  UNION ALL
  SELECT table_name, number FROM last_number
)
SELECT
  coalesce(max(number) FILTER (WHERE table_name = 'process_event'), 0) AS event_id,
  coalesce(max(number) FILTER (WHERE table_name = 'event_completion'), 0) AS event_completion_id
FROM given;
