-- Matches that are in no finding, since a window left them out: one row a rule that has any, with how many, by name.
SELECT
  rule.name,
  count(*) AS matches
FROM current_version
JOIN rule USING (rule_id)
JOIN rule_match USING (rule_version_id)
WHERE (:hunt_id IS NULL OR rule.hunt_id = :hunt_id)
  AND rule_match.holds
  AND NOT EXISTS (
    SELECT 1
    FROM evidence
    JOIN finding USING (finding_id)
    WHERE evidence.event_id = rule_match.event_id
      AND finding.rule_id = rule.rule_id
  )
GROUP BY rule.rule_id
ORDER BY rule.name, rule.rule_id;
