-- How many matches of a version lie outside what its rule's findings cover, one row.
SELECT count(*) AS matches
FROM rule_version
JOIN rule USING (rule_id)
JOIN rule_match USING (rule_version_id)
JOIN process_event AS event USING (event_id)
WHERE rule_version.rule_version_id = :rule_version_id
  AND rule_match.holds
  AND (event.time <= rule.window_start OR event.time > rule.window_end);
