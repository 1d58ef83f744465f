-- The events of a device, time and ReportId: one row at most, or for no ReportId one an event, in order of arrival.
SELECT
  event_id,
  time,
  device_id,
  report_id,
  device_name_id,
  action_type_id,
  image_id,
  command_line_id,
  logon_id,
  initiating_process_id,
  pid,
  creation_delay,
  unique_id,
  additional_fields_id,
  app_guard_container_id,
  extra_id,
  workspace_id,
  generation_delay,
  billed_size,
  content_hash
FROM process_event
WHERE device_id = :device_id
  AND time = :time
  AND report_id IS :report_id
  AND event_id > 0
ORDER BY event_id;
