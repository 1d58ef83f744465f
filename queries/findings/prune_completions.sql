-- Removes the completions of a span of numbers whose events are no more. Returns no rows.
DELETE FROM event_completion
WHERE event_completion_id >= :first_number
  AND event_completion_id <= :last_number
  AND NOT EXISTS (SELECT 1 FROM process_event WHERE process_event.event_id = event_completion.event_id);
