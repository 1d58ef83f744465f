-- What findings show, one row an event: when, and why, in the order of findings and arrival.
SELECT evidence.finding_id, process_event.time, rule_match.reason
FROM evidence
JOIN process_event USING (event_id)
JOIN rule_match USING (rule_version_id, event_id)
WHERE NOT evidence.is_hidden
ORDER BY evidence.finding_id, evidence.event_id;
