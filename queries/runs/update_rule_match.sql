-- Renews a match that the version has already. Returns no rows.
UPDATE rule_match
SET reason = :reason,
  holds = 1
WHERE rule_version_id = :rule_version_id
  AND event_id = :event_id;
