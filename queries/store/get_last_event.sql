-- The time of the newest event that is not after an instant; one row, NULL when there is none.
SELECT max(
  CASE
    WHEN device.last_event <= ?1 THEN device.last_event
    ELSE (
      SELECT max(event.time)
      FROM process_event AS event
      WHERE event.device_id = device.device_id
        AND event.time <= ?1
    )
  END
) AS time
FROM device
WHERE device.last_event IS NOT NULL;
