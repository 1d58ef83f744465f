-- The times of a device's events from an instant on, one row an event, in the order of time.
SELECT time
FROM process_event
WHERE device_id = :device_id
  AND time >= :since
ORDER BY time, report_id, event_id;
