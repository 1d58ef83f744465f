-- The highest numbers given so far, one row.
SELECT
  (SELECT coalesce(max(import_id), 0) FROM import) AS import_id,
  (SELECT coalesce(max(event_id), 0) FROM process_event) AS event_id,
  (SELECT coalesce(max(device_id), 0) FROM device) AS device_id,
  (SELECT coalesce(max(text_id), 0) FROM text) AS text_id,
  (SELECT coalesce(max(command_line_id), 0) FROM command_line) AS command_line_id,
  (SELECT coalesce(max(image_id), 0) FROM image) AS image_id,
  (SELECT coalesce(max(account_id), 0) FROM account) AS account_id,
  (SELECT coalesce(max(logon_id), 0) FROM logon) AS logon_id,
  (SELECT coalesce(max(workspace_id), 0) FROM workspace) AS workspace_id,
  (SELECT coalesce(max(initiating_process_id), 0) FROM initiating_process) AS initiating_process_id,
  (SELECT content_key_secret FROM case_info) AS content_key_secret;
