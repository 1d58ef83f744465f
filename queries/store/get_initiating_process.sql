-- An initiating process by its number, one row at most.
SELECT
  image_id,
  command_line_id,
  logon_id,
  pid,
  creation_time,
  unique_id,
  parent_pid,
  parent_file_name_id,
  parent_creation_time,
  signer_type_id,
  signature_status_id
FROM initiating_process
WHERE initiating_process_id = :initiating_process_id;
