-- Adds a report, unless one that tells the same is there.
INSERT INTO report (hunt_id, made_at, made_by, run_id, history_id)
SELECT :hunt_id, :made_at, :made_by, :run_id, :history_id
WHERE NOT EXISTS (
  SELECT 1
  FROM report
  WHERE hunt_id IS :hunt_id
    AND run_id = :run_id
    AND history_id = :history_id
);
