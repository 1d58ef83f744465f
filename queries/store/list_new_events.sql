-- The events that an import brought, one row each.
SELECT event_id, device_id, time, report_id
FROM process_event
WHERE event_id >= :first_event_id
  AND report_id IS NOT NULL;
