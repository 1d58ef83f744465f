-- A rule's text in the version that ran last, one row at most.
SELECT rule_version.text
FROM current_version
JOIN rule_version USING (rule_version_id)
WHERE current_version.rule_id = ?1;
