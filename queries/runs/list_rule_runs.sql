-- What each rule did in a run, one row a rule, in the order of names.
SELECT rule_run.*, rule_version.sha256
FROM rule_run
LEFT JOIN rule_version USING (rule_version_id)
WHERE run_id = :run_id
ORDER BY rule_name, rule_run_id;
