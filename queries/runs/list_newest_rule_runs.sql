-- What each rule did when it last ran, one row a rule, in the order of names.
SELECT rule_run.*, rule_version.sha256
FROM rule_run
LEFT JOIN rule_version USING (rule_version_id)
WHERE rule_run.rule_run_id IN (SELECT max(rule_run_id) FROM rule_run GROUP BY rule_name)
ORDER BY rule_run.rule_name;
