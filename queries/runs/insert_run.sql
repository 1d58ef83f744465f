-- Starts the record of a run. Returns no rows.
INSERT INTO run (run_at, run_by, as_of, duration_ms, findings_new, findings_updated, findings_unchanged)
VALUES (:run_at, :run_by, :as_of, 0, 0, 0, 0);
