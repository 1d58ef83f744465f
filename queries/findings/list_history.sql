-- Changes, one row each, in the order in which they were made.
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
WHERE (:finding_id IS NULL OR history.finding_id = :finding_id)
  AND (:hunt_id IS NULL OR history.hunt_id = :hunt_id)
  AND (:suppression_id IS NULL OR history.suppression_id = :suppression_id)
  AND (:rule_id IS NULL OR rule.rule_id = :rule_id)
  AND (:device_id IS NULL OR device.device_id = :device_id)
  AND (:done_by IS NULL OR operation.done_by = :done_by)
  AND (:since IS NULL OR operation.done_at >= :since)
ORDER BY history.history_id;
