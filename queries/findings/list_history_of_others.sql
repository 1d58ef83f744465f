-- What others than an analyst changed of a finding after a change, one row each, in the order in which it was done.
-- What a run changed counts as another's, whoever ran it.
SELECT
  history.*,
  operation.command,
  operation.done_at,
  operation.done_by,
  operation.run_id,
  coalesce(rule.name, '') AS rule_name,
  coalesce(nullif(device.name, ''), device.external_id, '') AS device_name
FROM history
JOIN operation USING (operation_id)
LEFT JOIN finding ON finding.finding_id = history.finding_id
LEFT JOIN suppression ON suppression.suppression_id = history.suppression_id
LEFT JOIN rule ON rule.rule_id = coalesce(history.rule_id, finding.rule_id, suppression.rule_id)
LEFT JOIN device ON device.device_id = coalesce(history.device_id, finding.device_id, suppression.device_id)
WHERE history.finding_id = :finding_id
  AND history.history_id > :since
  AND (operation.done_by <> :analyst OR operation.run_id IS NOT NULL)
ORDER BY history.history_id;
