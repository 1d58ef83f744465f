-- A logon by its number, one row at most.
SELECT
  account_id,
  logon_number,
  integrity_level_id,
  token_elevation_id,
  session_number,
  is_remote,
  remote_device_name_id,
  remote_ip_id
FROM logon
WHERE logon_id = :logon_id;
