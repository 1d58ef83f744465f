-- Devices, one row each with the findings of some hunts, or of all, in the order of names.
SELECT
  device.device_id,
  device.external_id,
  device.name,
  device.events,
  device.first_event,
  device.last_event,
  device.last_import_id,
  coalesce(counted.findings, 0) AS findings,
  coalesce(counted.open_findings, 0) AS open_findings,
  coalesce(counted.hidden_events, 0) AS hidden_events
FROM device
LEFT JOIN (
  SELECT
    device_id,
    count(*) FILTER (WHERE events > 0) AS findings,
    count(*) FILTER (WHERE events > 0 AND status <> 'resolved') AS open_findings,
    sum(hidden_events) AS hidden_events
  FROM finding
  JOIN rule USING (rule_id)
  WHERE :hunt_ids IS NULL
    OR rule.hunt_id IN (SELECT value FROM json_each(:hunt_ids))
  GROUP BY device_id
) AS counted USING (device_id)
WHERE device.events > 0
ORDER BY device.name, device.external_id, device.device_id;
