-- The newest run that brought evidence which shows: one row a hunt and device that have some, in their order.
SELECT rule.hunt_id, finding.device_id, max(finding.last_run_id) AS run_id
FROM finding
JOIN rule USING (rule_id)
WHERE finding.last_run_id IS NOT NULL
  AND rule.hunt_id IS NOT NULL
GROUP BY rule.hunt_id, finding.device_id
ORDER BY rule.hunt_id, finding.device_id;
