-- How many old events findings hold, one row.
SELECT count(*) AS events
FROM process_event
WHERE event_id IN (SELECT event_id FROM evidence)
  AND time < :before;
