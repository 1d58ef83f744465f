-- The devices that are known by an id, with their names, one row each.
SELECT device_id, name
FROM device
WHERE external_id <> '';
