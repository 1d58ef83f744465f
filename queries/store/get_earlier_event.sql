-- The event of a key that came before an import, one row at most.
SELECT event_id
FROM process_event
WHERE device_id = :device_id
  AND time = :time
  AND report_id = :report_id
  AND event_id < :first_event_id;
