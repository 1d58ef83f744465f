-- The devices that events without DeviceId are of, one row each, and whether an export told the id since.
SELECT device_id, name_key, external_id <> '' AS is_identified
FROM device
WHERE name_key <> '';
