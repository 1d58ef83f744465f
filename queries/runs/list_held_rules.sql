-- The rules that have run, one row each with the text of the version that ran last, by name; of one name, the one that ran
-- last comes first.
SELECT
  rule.published_id,
  rule.name,
  rule_version.text
FROM current_version
JOIN rule_version USING (rule_version_id)
JOIN rule ON rule.rule_id = rule_version.rule_id
ORDER BY rule.name, current_version.rule_run_id DESC;
