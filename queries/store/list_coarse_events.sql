-- The events that an import brought whose times may have been cut, one row each: those of one device and time together.
SELECT event_id, device_id, time, report_id
FROM process_event
WHERE event_id >= :first_event_id
  AND report_id IS NOT NULL
  AND time % 10 = 0
ORDER BY device_id, time;
