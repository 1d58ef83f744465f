-- Whether the verdict of a finding is a suppression's doing and no person has touched it since, one row at most.
SELECT newest.by_suppression_id IS NOT NULL AS is_suppression
FROM history AS newest
JOIN operation AS newest_operation USING (operation_id)
WHERE newest.finding_id = :finding_id
  AND newest.field IN ('status', 'classification', 'determination', 'verdictUntil')
  AND newest_operation.undone_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM operation AS undoing WHERE undoing.undone_id = newest.operation_id)
ORDER BY newest.history_id DESC
LIMIT 1;
