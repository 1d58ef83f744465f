-- Takes a device's review back. Returns no rows.
DELETE FROM device_review WHERE device_id = :device_id;
