-- Remembers the highest numbers given so far, before rows are removed. Returns no rows.
INSERT INTO last_number (table_name, number)
VALUES
  ('process_event', (SELECT coalesce(max(event_id), 0) FROM process_event)),
  ('event_completion', (SELECT coalesce(max(event_completion_id), 0) FROM event_completion)),
  ('text', (SELECT coalesce(max(text_id), 0) FROM text)),
  ('command_line', (SELECT coalesce(max(command_line_id), 0) FROM command_line)),
  ('image', (SELECT coalesce(max(image_id), 0) FROM image)),
  ('account', (SELECT coalesce(max(account_id), 0) FROM account)),
  ('logon', (SELECT coalesce(max(logon_id), 0) FROM logon)),
  ('workspace', (SELECT coalesce(max(workspace_id), 0) FROM workspace)),
  ('initiating_process', (SELECT coalesce(max(initiating_process_id), 0) FROM initiating_process))
ON CONFLICT (table_name) DO UPDATE SET number = max(number, excluded.number);
