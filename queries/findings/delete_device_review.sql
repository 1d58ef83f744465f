-- Takes the review of a device in a hunt back. Returns no rows.
DELETE FROM device_review WHERE hunt_id = :hunt_id AND device_id = :device_id;
