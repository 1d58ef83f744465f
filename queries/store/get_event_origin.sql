-- Where an event comes from, of which device it is and when, one row at most.
SELECT import_id, line, device_id, time
FROM process_event
WHERE event_id = :event_id;
