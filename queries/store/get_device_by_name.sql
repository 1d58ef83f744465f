-- The device that is known by a name in small letters, with its last event, one row at most.
SELECT device_id, last_event
FROM device
WHERE name_key = :key
  AND name_key <> ''
ORDER BY device_id
LIMIT 1;
