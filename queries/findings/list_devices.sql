-- Devices, one row each, in the order of names.
SELECT
  device.device_id,
  device.external_id,
  device.name,
  device.events,
  device.first_event,
  device.last_event,
  (SELECT count(*) FROM finding WHERE finding.device_id = device.device_id AND status <> 'resolved') AS open_findings,
  (SELECT count(*) FROM finding WHERE finding.device_id = device.device_id) AS findings,
  device_review.state,
  device_review.reviewed_by,
  device_review.reviewed_at,
  device_review.comment
FROM device
LEFT JOIN device_review USING (device_id)
WHERE device.events > 0
ORDER BY device.name, device.external_id, device.device_id;
