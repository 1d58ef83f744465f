-- Findings that changed at an instant or later, one row each, in their order.
SELECT finding.finding_id
FROM finding
JOIN run ON run.run_id = finding.last_run_id
WHERE run.run_at >= :since
UNION
SELECT history.finding_id
FROM history
JOIN operation USING (operation_id)
WHERE history.finding_id IS NOT NULL
  AND operation.done_at >= :since
ORDER BY finding_id;
