-- Gives a device's events to another, but for those that it has. Returns no rows.
UPDATE OR IGNORE process_event SET device_id = ?1 WHERE device_id = ?2;
