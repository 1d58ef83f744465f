-- What could be told just before an instant, one row; 0 where there was no run or change.
SELECT
  coalesce((SELECT min(run_id) - 1 FROM run WHERE run_at >= :at), (SELECT max(run_id) FROM run), 0) AS run_id,
  coalesce(
    (SELECT min(history_id) - 1 FROM history JOIN operation USING (operation_id) WHERE done_at >= :at),
    (SELECT max(history_id) FROM history),
    0
  ) AS history_id;
