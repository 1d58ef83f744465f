-- The time of a device's first event of each day (of :day ticks) on which it has one, from an instant on and up to the
-- present, one row a day, in the order of time. Each is looked up behind the day of the one before.
WITH RECURSIVE spoke (time) AS (
  SELECT min(time)
  FROM process_event
  WHERE device_id = :device_id
    AND time >= :since
  UNION ALL
  SELECT (
    SELECT min(event.time)
    FROM process_event AS event
    WHERE event.device_id = :device_id
      AND event.time >= spoke.time - ((spoke.time % :day) + :day) % :day + :day
  )
  FROM spoke
  WHERE spoke.time <= :now
)
SELECT time
FROM spoke
WHERE time <= :now;
