-- Where an event comes from, and what it is known by, one row at most.
SELECT import_id, line, device_id, time, report_id
FROM process_event
WHERE event_id = :event_id;
