-- The events that a version matches and why, as far as it has looked: one row an event, in order of arrival.
SELECT event_id, reason
FROM rule_match
WHERE rule_version_id = :rule_version_id
  AND holds
  AND event_id NOT IN (
    SELECT event_id FROM event_completion WHERE event_completion_id > :looked_completion_id
  )
ORDER BY event_id;
