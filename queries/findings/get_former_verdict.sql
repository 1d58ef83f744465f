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
JOIN standing_change AS judged ON judged.history_id = (
  SELECT max(newest.history_id)
  FROM standing_change AS newest
  WHERE newest.finding_id = reopened.finding_id
    AND newest.history_id < reopened.history_id
    AND newest.operation_id <> reopened.operation_id
    AND (newest.field IN ('classification', 'determination') OR (newest.field = 'status' AND newest.new = 'resolved'))
)
WHERE reopened.finding_id = :finding_id
  AND reopened.field = 'status'
  AND reopened.old = 'resolved'
  AND reopened.new = 'new'
  AND reopening.undone_id IS NULL
ORDER BY reopened.history_id DESC
LIMIT 1;
