-- The resolved findings whose newest change of status or verdict was a suppression's doing, one row each, in their
-- order. Only its own changes have a reason that begins with its number in a run or in the command that added it.
SELECT finding.finding_id
FROM suppression
JOIN finding ON finding.rule_id = suppression.rule_id
JOIN history ON history.history_id = (
  SELECT max(newest.history_id)
  FROM history AS newest
  WHERE newest.finding_id = finding.finding_id
    AND newest.field IN ('status', 'classification', 'determination')
)
JOIN operation USING (operation_id)
WHERE suppression.suppression_id = :suppression_id
  AND finding.status = 'resolved'
  AND substr(history.why, 1, length('S-' || suppression.suppression_id) + 2) = 'S-' || suppression.suppression_id || ': '
  AND (operation.run_id IS NOT NULL OR operation.command = 'suppress add')
ORDER BY finding.finding_id;
