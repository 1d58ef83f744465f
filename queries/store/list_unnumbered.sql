-- The events without ReportId of a process id and a span of time, one row each: the first so many.
SELECT event_id, time
FROM unnumbered
WHERE pid = :pid
  AND time >= :first
  AND time < :end
ORDER BY time, event_id
LIMIT :most;
