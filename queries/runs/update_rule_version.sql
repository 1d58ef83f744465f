-- Notes how far a version has looked. Returns no rows.
UPDATE rule_version
SET looked_event_id = :looked_event_id,
  looked_completion_id = :looked_completion_id
WHERE rule_version_id = :rule_version_id;
