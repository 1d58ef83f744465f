-- The devices that are known by their names alone, one row each.
SELECT device_id, name_key
FROM device
WHERE external_id = '';
