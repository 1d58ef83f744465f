-- Rules that the case knows, one row each, by name.
SELECT rule_id, name, hunt_id, reopen
FROM rule
WHERE (:rule_id IS NULL OR rule_id = :rule_id)
ORDER BY name, rule_id;
