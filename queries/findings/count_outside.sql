-- Matches that are in no finding, since a window left them out: one row a rule that has any, with how many, by name.
SELECT
  rule.name,
  count(*) AS matches
FROM current_version
JOIN rule USING (rule_id)
JOIN rule_match INDEXED BY rule_match_outside USING (rule_version_id)
WHERE (:hunt_id IS NULL OR rule.hunt_id = :hunt_id)
  AND rule_match.holds
  AND NOT rule_match.is_evidence
GROUP BY rule.rule_id
ORDER BY rule.name, rule.rule_id;
