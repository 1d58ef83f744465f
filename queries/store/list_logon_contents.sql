-- The contents that logons refer to, one row a logon, in no order.
SELECT
  account_id,
  integrity_level_id,
  token_elevation_id,
  remote_device_name_id,
  remote_ip_id
FROM logon;
