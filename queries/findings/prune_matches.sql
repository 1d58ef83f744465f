-- Removes what rules matched of events that are no more. Returns no rows.
DELETE FROM rule_match
WHERE NOT EXISTS (SELECT 1 FROM process_event WHERE process_event.event_id = rule_match.event_id);
