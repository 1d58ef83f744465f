-- Reviews, one row a hunt and device, in their order.
SELECT * FROM device_review ORDER BY hunt_id, device_id;
