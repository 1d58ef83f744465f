-- The contents that initiating processes refer to, one row a process, in no order.
SELECT
  image_id,
  command_line_id,
  logon_id,
  parent_file_name_id,
  signer_type_id,
  signature_status_id
FROM initiating_process;
