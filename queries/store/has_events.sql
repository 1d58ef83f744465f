-- Whether a device has events in a span of time and one of numbers, one row.
SELECT EXISTS (
  SELECT 1
  FROM process_event
  WHERE device_id = :device_id
    AND time >= :first
    AND time < :end
    AND event_id >= :first_number
    AND event_id < :end_number
);
