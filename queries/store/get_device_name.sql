-- What a device is called, one row at most.
SELECT coalesce(nullif(name, ''), external_id) AS name FROM device WHERE device_id = :device_id;
