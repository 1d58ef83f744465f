-- The events that a version matches, one row an event, in order of arrival.
SELECT event_id FROM rule_match WHERE rule_version_id = :rule_version_id ORDER BY event_id;
