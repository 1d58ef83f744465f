-- What a reviewer in a hunt can see now, one row; 0 where there is no import, run or change.
SELECT
  (SELECT coalesce(max(import_id), 0) FROM import) AS import_id,
  (SELECT coalesce(max(run_id), 0) FROM run) AS run_id,
  (SELECT coalesce(max(history_id), 0) FROM history) AS history_id,
  (
    SELECT max(run.as_of)
    FROM current_version
    JOIN rule USING (rule_id)
    JOIN rule_run USING (rule_run_id)
    JOIN run USING (run_id)
    WHERE rule.hunt_id = :hunt_id
  ) AS window_end;
