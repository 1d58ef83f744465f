-- Takes away a device whose events another has. Returns no rows.
DELETE FROM device WHERE device_id = :device_id;
