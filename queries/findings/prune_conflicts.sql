-- Removes the conflicts of a span of numbers whose events are no more. Returns no rows.
DELETE FROM conflict
WHERE conflict_id >= :first_number
  AND conflict_id <= :last_number
  AND NOT EXISTS (SELECT 1 FROM process_event WHERE process_event.event_id = conflict.event_id);
