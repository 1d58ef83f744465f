-- Suppressions, one row each, in the order in which they were added.
SELECT
  suppression.*,
  rule.name AS rule_name,
  coalesce(nullif(device.name, ''), device.external_id) AS device_name,
  (SELECT count(*) FROM evidence WHERE evidence.suppression_id = suppression.suppression_id) AS events,
  (
    SELECT count(*)
    FROM evidence
    WHERE evidence.suppression_id = suppression.suppression_id
      AND evidence.is_hidden
  ) AS hidden_events
FROM suppression
JOIN rule USING (rule_id)
LEFT JOIN device USING (device_id)
WHERE NOT suppression.is_undone
  AND (:suppression_id IS NULL OR suppression.suppression_id = :suppression_id)
  AND (:rule_id IS NULL OR suppression.rule_id = :rule_id)
ORDER BY suppression.suppression_id;
