-- Records what a run changed. Returns no rows.
UPDATE run
SET duration_ms = :duration_ms,
  findings_new = :findings_new,
  findings_updated = :findings_updated,
  findings_repeated = :findings_repeated,
  findings_reopened = :findings_reopened,
  findings_unchanged = :findings_unchanged,
  findings_absent = :findings_absent,
  events_hidden = :events_hidden
WHERE run_id = :run_id;
