-- Adds a suppression. Returns no rows.
INSERT INTO suppression (
  rule_id,
  device_id,
  account,
  command_operator,
  command_text,
  action,
  classification,
  determination,
  expires_at,
  why,
  added_at,
  added_by
) VALUES (
  :rule_id,
  :device_id,
  :account,
  :command_operator,
  :command_text,
  :action,
  :classification,
  :determination,
  :expires_at,
  :why,
  :added_at,
  :added_by
);
