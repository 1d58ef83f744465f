-- The events with a ReportId of a device, a span of time and one of numbers, one row each.
SELECT event_id, time, pid
FROM process_event
WHERE device_id = :device_id
  AND time >= :first
  AND time < :end
  AND report_id IS NOT NULL
  AND pid IS NOT NULL
  AND event_id >= :first_number
  AND event_id < :end_number
ORDER BY time, report_id;
