-- The versions in which a hunt's rules last ran, one row a rule, in the order of the published ids.
SELECT rule.published_id || ' ' || rule_version.sha256 AS version
FROM current_version
JOIN rule_version USING (rule_version_id)
JOIN rule ON rule.rule_id = rule_version.rule_id
WHERE rule.hunt_id = :hunt_id
ORDER BY rule.published_id;
