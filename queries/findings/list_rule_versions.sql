-- Versions of rules, one row each with how much evidence it brought that shows, in the order of rules' names.
SELECT
  rule.rule_id,
  rule.published_id,
  rule.name,
  rule.hunt_id,
  rule.window_start,
  rule.window_end,
  rule_version.sha256,
  rule_version.text,
  rule_version.first_run_at,
  coalesce((SELECT max(rule_run_id) FROM rule_run WHERE rule_run.rule_version_id = rule_version.rule_version_id), 0)
    AS last_rule_run_id,
  coalesce(brought.events, 0) AS events
FROM rule_version
JOIN rule USING (rule_id)
LEFT JOIN (
  SELECT rule_version_id, count(*) AS events
  FROM evidence
  WHERE NOT is_hidden
  GROUP BY rule_version_id
) AS brought USING (rule_version_id)
ORDER BY rule.name, rule.rule_id, last_rule_run_id, rule_version.rule_version_id;
