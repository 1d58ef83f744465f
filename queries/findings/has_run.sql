-- Whether a rule has run, one row.
SELECT EXISTS (
  SELECT 1
  FROM rule_run
  JOIN rule_version USING (rule_version_id)
  WHERE rule_version.rule_id = :rule_id
) AS has_run;
