-- Devices that have or had events, one row each with the span of all that were taken in, in the order of their numbers.
SELECT
  device_id,
  external_id,
  name,
  events,
  first_event,
  last_event
FROM device
WHERE events > 0
ORDER BY device_id;
