-- The resolved findings whose verdict is a suppression's doing, one row each, in their order: its own, or that of another
-- of its rule under which it has covered evidence. Only suppressions have reasons that begin with their number in a run
-- or in a command that changes suppressions.
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
JOIN operation ON operation.operation_id = verdict.operation_id
WHERE suppression.suppression_id = :suppression_id
  AND finding.status = 'resolved'
  AND verdict.why GLOB 'S-[0-9]*: *'
  AND (
    operation.run_id IS NOT NULL
    OR EXISTS (
      SELECT 1
      FROM history AS added
      WHERE added.operation_id = verdict.operation_id
        AND added.suppression_id IS NOT NULL
    )
  )
  AND (
    substr(verdict.why, 1, length('S-' || suppression.suppression_id) + 2) = 'S-' || suppression.suppression_id || ': '
    OR EXISTS (
      SELECT 1
      FROM evidence
      WHERE evidence.finding_id = finding.finding_id
        AND evidence.suppression_id = suppression.suppression_id
        AND NOT evidence.is_hidden
    )
  )
ORDER BY finding.finding_id;
