-- The versions in which a hunt's rules last ran, one row a rule, in the order of the published ids.
SELECT rule.published_id || ' ' || rule_version.sha256 AS version
FROM (
  SELECT rule_version.rule_id, max(rule_run.rule_run_id) AS rule_run_id
  FROM rule_run
  JOIN rule_version USING (rule_version_id)
  GROUP BY rule_version.rule_id
) AS newest
JOIN rule_run USING (rule_run_id)
JOIN rule_version ON rule_version.rule_version_id = rule_run.rule_version_id
JOIN rule ON rule.rule_id = rule_version.rule_id
WHERE rule.hunt_id = :hunt_id
ORDER BY rule.published_id;
