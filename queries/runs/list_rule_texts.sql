-- The texts of the rules that did not fail in a run, one row a rule, in the order of names.
SELECT
  rule_run.rule_name,
  rule_version.text
FROM rule_run
JOIN rule_version USING (rule_version_id)
WHERE rule_run.run_id = :run_id
  AND rule_run.failure IS NULL
ORDER BY rule_run.rule_name, rule_run.rule_run_id;
