-- When each rule last ran and how far it has looked in the text that it had then, one row a rule, in the order of names.
SELECT
  rule_run.rule_name,
  rule_run.run_id,
  rule_run.failure,
  coalesce(rule_version.looked_event_id, 0) AS looked_event_id,
  rule_run.window_start,
  rule_run.window_end
FROM rule_run
LEFT JOIN rule_version USING (rule_version_id)
WHERE rule_run.rule_run_id IN (SELECT max(rule_run_id) FROM rule_run GROUP BY rule_name)
ORDER BY rule_run.rule_name;
