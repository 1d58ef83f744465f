-- The events of a device in a span of time, one row each.
SELECT event_id, time, report_id
FROM process_event
WHERE device_id = :device_id
  AND time >= :first
  AND time < :end
  AND report_id IS NOT NULL;
