-- The newest evidence: one row a hunt and device that have some, with the newest run that brought some which shows and
-- the newest change by which some shows again, in their order.
SELECT
  rule.hunt_id,
  finding.device_id,
  max(finding.last_run_id) AS run_id,
  max(shown.history_id) AS shown_id
FROM finding
JOIN rule USING (rule_id)
LEFT JOIN (
  SELECT finding_id, max(history_id) AS history_id
  FROM history
  WHERE field = 'hiddenBy'
    AND new = ''
  GROUP BY finding_id
) AS shown USING (finding_id)
WHERE finding.last_run_id IS NOT NULL
  AND rule.hunt_id IS NOT NULL
GROUP BY rule.hunt_id, finding.device_id
ORDER BY rule.hunt_id, finding.device_id;
