-- Whether a device has events in a span of time, one row.
SELECT EXISTS (SELECT 1 FROM process_event WHERE device_id = :device_id AND time >= :first AND time < :end);
