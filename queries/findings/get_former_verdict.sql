-- What a finding was resolved as before evidence last reopened it, one row at most: the verdict that was taken back, and
-- who had last touched it, without what was undone.
SELECT
  coalesce((
    SELECT old
    FROM history
    WHERE history.finding_id = reopened.finding_id
      AND +history.operation_id = reopened.operation_id -- a run may change more than its finding ever was
      AND history.field = 'classification'
  ), 'unknown') AS classification,
  coalesce((
    SELECT old
    FROM history
    WHERE history.finding_id = reopened.finding_id
      AND +history.operation_id = reopened.operation_id -- a run may change more than its finding ever was
      AND history.field = 'determination'
  ), 'unknown') AS determination,
  judging.done_by,
  judging.done_at,
  reopened.why
FROM history AS reopened
JOIN operation AS reopening USING (operation_id)
JOIN history AS judged ON judged.history_id = (
  SELECT newest.history_id
  FROM history AS newest
  JOIN operation AS newest_operation USING (operation_id)
  WHERE newest.finding_id = reopened.finding_id
    AND newest.history_id < reopened.history_id
    AND newest.operation_id <> reopened.operation_id
    AND (newest.field IN ('classification', 'determination') OR (newest.field = 'status' AND newest.new = 'resolved'))
    AND newest_operation.undone_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM operation AS undoing WHERE undoing.undone_id = newest.operation_id)
  ORDER BY newest.history_id DESC
  LIMIT 1
)
JOIN operation AS judging ON judging.operation_id = judged.operation_id
WHERE reopened.finding_id = :finding_id
  AND reopened.field = 'status'
  AND reopened.old = 'resolved'
  AND reopened.new = 'new'
  AND reopening.undone_id IS NULL
ORDER BY reopened.history_id DESC
LIMIT 1;
