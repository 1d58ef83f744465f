-- The resolved findings whose verdict is a suppression's doing, one row each, in their order: its own, or that of another
-- of its rule under which it has covered evidence.
SELECT finding.finding_id
FROM suppression
JOIN finding ON finding.rule_id = suppression.rule_id
JOIN history AS verdict ON verdict.history_id = (
  SELECT newest.history_id
  FROM history AS newest
  JOIN operation AS newest_operation USING (operation_id)
  WHERE newest.finding_id = finding.finding_id
    AND newest.field IN ('status', 'classification', 'determination', 'verdictUntil')
    AND newest_operation.undone_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM operation AS undoing WHERE undoing.undone_id = newest.operation_id)
  ORDER BY newest.history_id DESC
  LIMIT 1
)
WHERE suppression.suppression_id = :suppression_id
  AND finding.status = 'resolved'
  AND verdict.by_suppression_id IS NOT NULL
  AND (
    verdict.by_suppression_id = suppression.suppression_id
    OR EXISTS (
      SELECT 1
      FROM evidence
      WHERE evidence.finding_id = finding.finding_id
        AND evidence.suppression_id = suppression.suppression_id
        AND NOT evidence.is_hidden
    )
  )
ORDER BY finding.finding_id;
