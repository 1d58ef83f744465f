-- What a device is known by, by its number, one row at most.
SELECT external_id, name_key FROM device WHERE device_id = :device_id;
