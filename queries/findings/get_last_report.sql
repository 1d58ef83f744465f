-- The newest report of a hunt, or of every hunt, that could tell less than one now, one row at most.
SELECT made_at, made_by, run_id, history_id
FROM report
WHERE hunt_id IS :hunt_id
  AND (run_id < :run_id OR history_id < :history_id)
ORDER BY report_id DESC
LIMIT 1;
