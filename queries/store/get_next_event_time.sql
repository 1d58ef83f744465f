-- The time of a device's first event from an instant on, one row; NULL where there is none.
SELECT min(time) AS time
FROM process_event
WHERE device_id = :device_id
  AND time >= :since;
