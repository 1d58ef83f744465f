-- Adds one initiating process. Returns no rows.
INSERT INTO initiating_process (
  initiating_process_id,
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
) VALUES (
  :initiating_process_id,
  :image_id,
  :command_line_id,
  :logon_id,
  :pid,
  :creation_time,
  :unique_id,
  :parent_pid,
  :parent_file_name_id,
  :parent_creation_time,
  :signer_type_id,
  :signature_status_id
);
