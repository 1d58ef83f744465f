-- Matches that are in no finding, since a window left them out, one row each, in the order of time.
SELECT
  rule.name AS rule_name,
  event.time,
  event.report_id,
  published.DeviceId AS device_id,
  published.DeviceName AS device_name,
  published.FileName AS file_name,
  published.ProcessCommandLine AS command_line,
  rule_match.reason
FROM current_version
JOIN rule USING (rule_id)
JOIN rule_match INDEXED BY rule_match_outside USING (rule_version_id)
JOIN process_event AS event USING (event_id)
JOIN DeviceProcessEvents AS published USING (event_id)
WHERE rule_match.holds
  AND NOT rule_match.is_evidence
ORDER BY event.time, device_id, device_name, event.report_id, command_line, rule_name, event.event_id;
