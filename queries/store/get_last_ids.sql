-- The highest numbers given so far, those of rows that were removed since included: one row.
WITH given AS (
  SELECT 'process_event' AS table_name, max(event_id) AS number FROM process_event
  UNION ALL
  SELECT 'text', max(text_id) FROM text
  UNION ALL
  SELECT 'command_line', max(command_line_id) FROM command_line
  UNION ALL
  SELECT 'image', max(image_id) FROM image
  UNION ALL
  SELECT 'account', max(account_id) FROM account
  UNION ALL
  SELECT 'logon', max(logon_id) FROM logon
  UNION ALL
  SELECT 'workspace', max(workspace_id) FROM workspace
  UNION ALL
  SELECT 'initiating_process', max(initiating_process_id) FROM initiating_process
  UNION ALL
  SELECT table_name, number FROM last_number
)
SELECT
  (SELECT coalesce(max(import_id), 0) FROM import) AS import_id,
  (SELECT coalesce(max(device_id), 0) FROM device) AS device_id,
  coalesce(max(number) FILTER (WHERE table_name = 'process_event'), 0) AS event_id,
  coalesce(max(number) FILTER (WHERE table_name = 'text'), 0) AS text_id,
  coalesce(max(number) FILTER (WHERE table_name = 'command_line'), 0) AS command_line_id,
  coalesce(max(number) FILTER (WHERE table_name = 'image'), 0) AS image_id,
  coalesce(max(number) FILTER (WHERE table_name = 'account'), 0) AS account_id,
  coalesce(max(number) FILTER (WHERE table_name = 'logon'), 0) AS logon_id,
  coalesce(max(number) FILTER (WHERE table_name = 'workspace'), 0) AS workspace_id,
  coalesce(max(number) FILTER (WHERE table_name = 'initiating_process'), 0) AS initiating_process_id,
  (SELECT content_key_secret FROM case_info) AS content_key_secret
FROM given;
