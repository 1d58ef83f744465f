-- The device that is known by an id or a name, with its last event, one row at most.
SELECT device_id, last_event
FROM device
WHERE external_id = :external_id
  AND name_key = :name_key;
