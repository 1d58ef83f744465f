-- Removes the repeats of a span of events that are no more. Returns no rows.
DELETE FROM repeated_event
WHERE event_id >= :first_number
  AND event_id <= :last_number
  AND NOT EXISTS (SELECT 1 FROM process_event WHERE process_event.event_id = repeated_event.event_id);
