-- The contents that events refer to, one row an event, in no order.
SELECT
  image_id,
  command_line_id,
  logon_id,
  initiating_process_id,
  device_name_id,
  action_type_id,
  additional_fields_id,
  app_guard_container_id,
  extra_id,
  workspace_id
FROM process_event;
