-- Records what a run changed. Returns no rows.
UPDATE run
SET duration_ms = :duration_ms,
  findings_new = :findings_new,
  findings_updated = :findings_updated,
  findings_unchanged = :findings_unchanged
WHERE run_id = :run_id;
