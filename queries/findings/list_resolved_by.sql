-- The resolved findings whose verdict is a suppression's doing, one row each, in their order: its own, or that of another
-- of its rule under which it has covered evidence. Only suppressions have reasons that begin with their number in a run
-- or in a command that changes suppressions.
SELECT finding.finding_id
FROM suppression
JOIN finding ON finding.rule_id = suppression.rule_id
JOIN standing_change AS verdict ON verdict.history_id = (
  SELECT max(newest.history_id)
  FROM standing_change AS newest
  WHERE newest.finding_id = finding.finding_id
    AND newest.field IN ('status', 'classification', 'determination', 'verdictUntil')
)
WHERE suppression.suppression_id = :suppression_id
  AND finding.status = 'resolved'
  AND verdict.why GLOB 'S-[0-9]*: *'
  AND (
    verdict.run_id IS NOT NULL
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
