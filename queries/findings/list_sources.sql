-- What brought the evidence that a finding shows, one row a rule version and import, in their order.
SELECT DISTINCT rule_version.rule_version_id, rule_version.sha256, process_event.import_id
FROM evidence
JOIN process_event USING (event_id)
JOIN rule_version USING (rule_version_id)
WHERE evidence.finding_id = :finding_id
  AND NOT evidence.is_hidden
ORDER BY rule_version.rule_version_id, process_event.import_id;
