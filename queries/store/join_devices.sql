-- Gives a device what another is known by, with the numbers of its events. Returns no rows.
UPDATE device
SET external_id = max(device.external_id, other.external_id),
  name_key = max(device.name_key, other.name_key),
  name = CASE WHEN coalesce(other.named_at, 0) > coalesce(device.named_at, 0) THEN other.name ELSE device.name END,
  named_at = max(coalesce(device.named_at, other.named_at), coalesce(other.named_at, device.named_at)),
  events = device.events + other.events,
  first_event = min(coalesce(device.first_event, other.first_event), coalesce(other.first_event, device.first_event)),
  last_event = max(coalesce(device.last_event, other.last_event), coalesce(other.last_event, device.last_event)),
  last_import_id = max(coalesce(device.last_import_id, 0), coalesce(other.last_import_id, 0))
FROM device AS other
WHERE device.device_id = ?1
  AND other.device_id = ?2;
