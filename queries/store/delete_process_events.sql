-- Takes away the events from a number on, which are to be added one by one. Returns no rows.
DELETE FROM process_event WHERE event_id >= :event_id;
