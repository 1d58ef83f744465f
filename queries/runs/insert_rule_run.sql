-- Records what a rule did in a run. Returns no rows.
INSERT INTO rule_run (
  run_id,
  rule_name,
  rule_version_id,
  window_start,
  window_end,
  events_looked_at,
  matches,
  duration_ms,
  failure
) VALUES (
  :run_id,
  :rule_name,
  :rule_version_id,
  :window_start,
  :window_end,
  :events_looked_at,
  :matches,
  :duration_ms,
  :failure
);
