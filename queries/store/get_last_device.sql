-- The highest number of a device, one row, 0 when there is none.
SELECT coalesce(max(device_id), 0) AS device_id FROM device;
