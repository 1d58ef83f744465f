-- The events that a finding shows, one row each, in the order of time.
SELECT evidence.event_id, process_event.time
FROM evidence
JOIN process_event USING (event_id)
WHERE evidence.finding_id = :finding_id
  AND NOT evidence.is_hidden
ORDER BY process_event.time, evidence.event_id;
