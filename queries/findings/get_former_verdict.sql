-- What a finding was resolved as before evidence last reopened it, one row at most: the verdict that was taken back, and
-- who had last touched it.
SELECT
  coalesce((
    SELECT old
    FROM history
    WHERE history.operation_id = reopened.operation_id
      AND history.finding_id = reopened.finding_id
      AND history.field = 'classification'
  ), 'unknown') AS classification,
  coalesce((
    SELECT old
    FROM history
    WHERE history.operation_id = reopened.operation_id
      AND history.finding_id = reopened.finding_id
      AND history.field = 'determination'
  ), 'unknown') AS determination,
  judged.done_by,
  judged.done_at,
  reopened.why
FROM history AS reopened
JOIN operation AS reopening USING (operation_id)
JOIN history AS verdict ON verdict.history_id = (
  SELECT max(history.history_id)
  FROM history
  WHERE history.finding_id = reopened.finding_id
    AND history.history_id < reopened.history_id
    AND history.operation_id <> reopened.operation_id
    AND (history.field IN ('classification', 'determination') OR (history.field = 'status' AND history.new = 'resolved'))
)
JOIN operation AS judged ON judged.operation_id = verdict.operation_id
WHERE reopened.finding_id = :finding_id
  AND reopened.field = 'status'
  AND reopened.old = 'resolved'
  AND reopened.new = 'new'
  AND reopening.undone_id IS NULL
ORDER BY reopened.history_id DESC
LIMIT 1;
