-- Devices with events, one row each, in the order of names.
SELECT
  device_id,
  external_id,
  name
FROM device
WHERE events > 0
ORDER BY name, external_id, device_id;
