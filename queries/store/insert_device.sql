-- Adds one device without events. Returns no rows.
INSERT INTO device (device_id, external_id, name_key) VALUES (:device_id, :external_id, :name_key);
