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
  verdict.done_by,
  verdict.done_at,
  '' AS why
FROM raised
JOIN standing_change AS verdict ON verdict.history_id = (
  SELECT max(newest.history_id)
  FROM standing_change AS newest
  WHERE newest.finding_id = :finding_id
    AND newest.history_id < raised.history_id
    AND (newest.field IN ('classification', 'determination') OR (newest.field = 'status' AND newest.new = 'resolved'))
);
