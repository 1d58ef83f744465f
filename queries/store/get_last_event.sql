-- The time of the newest event that is not after an instant; one row, NULL when there is none.
-- Each half is answered by its index alone.
SELECT max(time) AS time
FROM (
  SELECT max(time) AS time FROM process_event WHERE report_id IS NOT NULL AND time <= ?1
  UNION ALL
  SELECT max(time) AS time FROM process_event WHERE content_hash IS NOT NULL AND time <= ?1
);
