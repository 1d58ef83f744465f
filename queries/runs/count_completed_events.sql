-- How many events up to a number were filled in a span of completions, one row.
SELECT count(DISTINCT event_id) AS events
FROM event_completion
WHERE event_completion_id > ?1
  AND event_completion_id <= ?2
  AND event_id <= ?3;
