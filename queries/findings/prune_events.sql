-- Removes the events of a span of numbers that are old and held by no finding. Returns no rows.
DELETE FROM process_event
WHERE event_id >= :first_number
  AND event_id <= :last_number
  AND time < :before
  AND NOT EXISTS (SELECT 1 FROM evidence WHERE evidence.event_id = process_event.event_id);
