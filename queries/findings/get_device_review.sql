-- The review of a device in a hunt, one row at most.
SELECT * FROM device_review WHERE hunt_id = :hunt_id AND device_id = :device_id;
