-- A rule's version by the rule's id and the text's SHA-256, one row at most.
SELECT
  rule_id,
  rule_version_id,
  looked_event_id,
  looked_completion_id
FROM rule
JOIN rule_version USING (rule_id)
WHERE published_id = ?1
  AND sha256 = ?2;
