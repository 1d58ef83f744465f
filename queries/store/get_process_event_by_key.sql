-- The event of a key, one row at most.
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
  content_hash,
  import_id,
  line
FROM process_event
WHERE device_id = :device_id
  AND time = :time
  AND report_id = :report_id;
