-- Versions of rules, one row each with how much evidence it brought that shows and the window of the rule's last whole
-- run, in the order of rules' names.
SELECT
  rule.rule_id,
  rule.published_id,
  rule.name,
  rule.hunt_id,
  whole.window_start,
  whole.window_end,
  whole.rule_run_id IS NOT NULL AS has_run,
  rule_version.sha256,
  rule_version.text,
  rule_version.first_run_at,
  coalesce((SELECT max(rule_run_id) FROM rule_run WHERE rule_run.rule_version_id = rule_version.rule_version_id), 0)
    AS last_rule_run_id,
  coalesce(brought.events, 0) AS events
FROM rule_version
JOIN rule USING (rule_id)
LEFT JOIN (
  SELECT rule_version.rule_id, rule_run.window_start, rule_run.window_end, max(rule_run.rule_run_id) AS rule_run_id
  FROM rule_run
  JOIN rule_version USING (rule_version_id)
  WHERE rule_run.failure IS NULL
  GROUP BY rule_version.rule_id
) AS whole ON whole.rule_id = rule.rule_id
LEFT JOIN (
  SELECT rule_version_id, count(*) AS events
  FROM evidence
  WHERE NOT is_hidden
  GROUP BY rule_version_id
) AS brought USING (rule_version_id)
ORDER BY rule.name, rule.rule_id, last_rule_run_id, rule_version.rule_version_id;
