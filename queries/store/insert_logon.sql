-- Adds one logon. Returns no rows.
INSERT INTO logon (
  logon_id,
  account_id,
  logon_number,
  integrity_level_id,
  token_elevation_id,
  session_number,
  is_remote,
  remote_device_name_id,
  remote_ip_id
) VALUES (
  :logon_id,
  :account_id,
  :logon_number,
  :integrity_level_id,
  :token_elevation_id,
  :session_number,
  :is_remote,
  :remote_device_name_id,
  :remote_ip_id
);
