-- The time of the newest event up to the present of those that arrived up to one, one row; NULL when there is none.
SELECT max((
  SELECT event.time
  FROM process_event AS event
  WHERE event.device_id = device.device_id
    AND event.time <= :now
    AND event.event_id <= :looked_event_id
  ORDER BY event.time DESC
  LIMIT 1
)) AS time
FROM device;
