-- The verdict that a finding had when another was raised to follow it, one row at most, with who had last touched it.
WITH raised AS (
  SELECT min(history_id) AS history_id
  FROM history
  WHERE finding_id = :successor_id
    AND field = 'createdAt'
)
SELECT
  coalesce((
    SELECT history.new
    FROM history
    WHERE history.finding_id = :finding_id
      AND history.field = 'classification'
      AND history.history_id < raised.history_id
    ORDER BY history.history_id DESC
    LIMIT 1
  ), 'unknown') AS classification,
  coalesce((
    SELECT history.new
    FROM history
    WHERE history.finding_id = :finding_id
      AND history.field = 'determination'
      AND history.history_id < raised.history_id
    ORDER BY history.history_id DESC
    LIMIT 1
  ), 'unknown') AS determination,
  judging.done_by,
  judging.done_at,
  '' AS why
FROM raised
JOIN history AS judged ON judged.history_id = (
  SELECT newest.history_id
  FROM history AS newest
  JOIN operation AS newest_operation USING (operation_id)
  WHERE newest.finding_id = :finding_id
    AND newest.history_id < raised.history_id
    AND (newest.field IN ('classification', 'determination') OR (newest.field = 'status' AND newest.new = 'resolved'))
    AND newest_operation.undone_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM operation AS undoing WHERE undoing.undone_id = newest.operation_id)
  ORDER BY newest.history_id DESC
  LIMIT 1
)
JOIN operation AS judging ON judging.operation_id = judged.operation_id;
