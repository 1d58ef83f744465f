-- Takes away an event that is one with another. Returns no rows.
DELETE FROM process_event WHERE event_id = :event_id;
