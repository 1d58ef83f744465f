-- Writes an event anew after its empty values were filled. Returns no rows.
UPDATE process_event
SET device_name_id = :device_name_id,
  action_type_id = :action_type_id,
  image_id = :image_id,
  command_line_id = :command_line_id,
  logon_id = :logon_id,
  initiating_process_id = :initiating_process_id,
  pid = :pid,
  creation_delay = :creation_delay,
  unique_id = :unique_id,
  additional_fields_id = :additional_fields_id,
  app_guard_container_id = :app_guard_container_id,
  extra_id = :extra_id,
  workspace_id = :workspace_id,
  generation_delay = :generation_delay,
  billed_size = :billed_size
WHERE event_id = :event_id;
