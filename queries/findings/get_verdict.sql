-- A finding's verdict, one row at most, with who last touched it.
SELECT finding.classification, finding.determination, operation.done_by, operation.done_at, '' AS why
FROM finding
JOIN history ON history.history_id = (
  SELECT max(history.history_id)
  FROM history
  WHERE history.finding_id = finding.finding_id
    AND (history.field IN ('classification', 'determination') OR (history.field = 'status' AND history.new = 'resolved'))
)
JOIN operation USING (operation_id)
WHERE finding.finding_id = :finding_id;
