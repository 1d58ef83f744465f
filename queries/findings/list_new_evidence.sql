-- Matches of a version in a window that are no evidence yet: one row an event, by device in the order of
-- their first such events, then by time. The finding is the newest of the rule and device.
SELECT
  event.event_id,
  event.time,
  event.device_id,
  (
    SELECT finding.finding_id
    FROM finding
    WHERE finding.rule_id = rule.rule_id
      AND finding.device_id = event.device_id
    ORDER BY finding.episode DESC
    LIMIT 1
  ) AS finding_id,
  min(event.time) OVER (PARTITION BY event.device_id) AS first_time
FROM rule_version
JOIN rule USING (rule_id)
JOIN rule_match INDEXED BY rule_match_outside USING (rule_version_id)
JOIN process_event AS event USING (event_id)
JOIN device USING (device_id)
WHERE rule_version.rule_version_id = :rule_version_id
  AND rule_match.holds
  AND event.time > :window_start
  AND event.time <= :window_end
  AND NOT rule_match.is_evidence
ORDER BY first_time, device.external_id, event.device_id, event.time, event.report_id, event.event_id;
