-- Less to write and to keep for each event, however large the case is.

-- One index finds an event by its key, and a device's events by their time.
DROP INDEX process_event_key;
DROP INDEX process_event_content;
CREATE UNIQUE INDEX process_event_key ON process_event (device_id, time, report_id);
CREATE UNIQUE INDEX process_event_content ON process_event (device_id, time, content_hash)
  WHERE content_hash IS NOT NULL;
-- Hashes were of the numbers of contents, which are no longer the only ones that a content has.
UPDATE process_event SET content_hash = NULL WHERE content_hash IS NOT NULL;
CREATE INDEX process_event_unhashed ON process_event (event_id) WHERE report_id IS NULL AND content_hash IS NULL;
CREATE UNIQUE INDEX device_key ON device (external_id, name_key);

-- A device has many events. Knowing that, SQLite finds those of a time by looking at each device, and reads no other.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('process_event', 'process_event_key', '1000000 2000 1 1');

-- Of the contents of rows, only those are known that came lately: a content that comes back later is stored again.
DROP TABLE content_key;
CREATE TABLE recent_content ( -- what the last imports met; it may be emptied at any time
  recent_content_id INTEGER PRIMARY KEY, -- in the order of the imports
  contents INTEGER NOT NULL, -- how many
  keys BLOB NOT NULL -- 24 bytes each: a keyed hash of table and content, then the table's number and the row's
) STRICT;

DROP VIEW DeviceProcessEvents;
-- Every published column under its published name, in the published order, then the case's own.
-- Here `parent` is the initiating process. Times are texts with seven fraction digits, so that they sort.
-- Joins to what a query does not ask for are left out by SQLite, since each finds one row at most.
CREATE VIEW DeviceProcessEvents AS
SELECT
  strftime('%Y-%m-%dT%H:%M:%S', (event.time - ((event.time) % 10000000 + 10000000) % 10000000) / 10000000, 'unixepoch') || printf('.%07dZ', ((event.time) % 10000000 + 10000000) % 10000000) AS Timestamp,
  device.external_id AS DeviceId,
  coalesce(device_name.text, '') AS DeviceName,
  coalesce(action_type.text, '') AS ActionType,
  image.file_name AS FileName,
  image.folder_path AS FolderPath,
  image.sha1 AS SHA1,
  image.sha256 AS SHA256,
  image.md5 AS MD5,
  image.size_bytes AS FileSize,
  image.company_name AS ProcessVersionInfoCompanyName,
  image.product_name AS ProcessVersionInfoProductName,
  image.product_version AS ProcessVersionInfoProductVersion,
  image.internal_file_name AS ProcessVersionInfoInternalFileName,
  image.original_file_name AS ProcessVersionInfoOriginalFileName,
  image.file_description AS ProcessVersionInfoFileDescription,
  event.pid AS ProcessId,
  coalesce(command_line.text, '') AS ProcessCommandLine,
  coalesce(integrity.text, '') AS ProcessIntegrityLevel,
  coalesce(elevation.text, '') AS ProcessTokenElevation,
  strftime('%Y-%m-%dT%H:%M:%S', (event.time - event.creation_delay - ((event.time - event.creation_delay) % 10000000 + 10000000) % 10000000) / 10000000, 'unixepoch') || printf('.%07dZ', ((event.time - event.creation_delay) % 10000000 + 10000000) % 10000000) AS ProcessCreationTime,
  account.domain AS AccountDomain,
  account.name AS AccountName,
  account.sid AS AccountSid,
  account.upn AS AccountUpn,
  account.object_id AS AccountObjectId,
  logon.logon_number AS LogonId,
  parent_account.domain AS InitiatingProcessAccountDomain,
  parent_account.name AS InitiatingProcessAccountName,
  parent_account.sid AS InitiatingProcessAccountSid,
  parent_account.upn AS InitiatingProcessAccountUpn,
  parent_account.object_id AS InitiatingProcessAccountObjectId,
  parent_logon.logon_number AS InitiatingProcessLogonId,
  coalesce(parent_integrity.text, '') AS InitiatingProcessIntegrityLevel,
  coalesce(parent_elevation.text, '') AS InitiatingProcessTokenElevation,
  parent_image.sha1 AS InitiatingProcessSHA1,
  parent_image.sha256 AS InitiatingProcessSHA256,
  parent_image.md5 AS InitiatingProcessMD5,
  parent_image.file_name AS InitiatingProcessFileName,
  parent_image.size_bytes AS InitiatingProcessFileSize,
  parent_image.company_name AS InitiatingProcessVersionInfoCompanyName,
  parent_image.product_name AS InitiatingProcessVersionInfoProductName,
  parent_image.product_version AS InitiatingProcessVersionInfoProductVersion,
  parent_image.internal_file_name AS InitiatingProcessVersionInfoInternalFileName,
  parent_image.original_file_name AS InitiatingProcessVersionInfoOriginalFileName,
  parent_image.file_description AS InitiatingProcessVersionInfoFileDescription,
  parent.pid AS InitiatingProcessId,
  coalesce(parent_command_line.text, '') AS InitiatingProcessCommandLine,
  strftime('%Y-%m-%dT%H:%M:%S', (parent.creation_time - ((parent.creation_time) % 10000000 + 10000000) % 10000000) / 10000000, 'unixepoch') || printf('.%07dZ', ((parent.creation_time) % 10000000 + 10000000) % 10000000) AS InitiatingProcessCreationTime,
  parent_image.folder_path AS InitiatingProcessFolderPath,
  parent.parent_pid AS InitiatingProcessParentId,
  coalesce(parent_file_name.text, '') AS InitiatingProcessParentFileName,
  strftime('%Y-%m-%dT%H:%M:%S', (parent.parent_creation_time - ((parent.parent_creation_time) % 10000000 + 10000000) % 10000000) / 10000000, 'unixepoch') || printf('.%07dZ', ((parent.parent_creation_time) % 10000000 + 10000000) % 10000000) AS InitiatingProcessParentCreationTime,
  coalesce(signer_type.text, '') AS InitiatingProcessSignerType,
  coalesce(signature_status.text, '') AS InitiatingProcessSignatureStatus,
  event.report_id AS ReportId,
  coalesce(app_guard.text, '') AS AppGuardContainerId,
  coalesce(additional_fields.text, '') AS AdditionalFields,
  logon.session_number AS CreatedProcessSessionId,
  coalesce(parent_remote_device.text, '') AS InitiatingProcessRemoteSessionDeviceName,
  coalesce(parent_remote_ip.text, '') AS InitiatingProcessRemoteSessionIP,
  parent_logon.session_number AS InitiatingProcessSessionId,
  CAST(coalesce(parent.unique_id, '') AS TEXT) AS InitiatingProcessUniqueId,
  parent_logon.is_remote AS IsInitiatingProcessRemoteSession,
  logon.is_remote AS IsProcessRemoteSession,
  coalesce(remote_device.text, '') AS ProcessRemoteSessionDeviceName,
  coalesce(remote_ip.text, '') AS ProcessRemoteSessionIP,
  CAST(coalesce(event.unique_id, '') AS TEXT) AS ProcessUniqueId,
  event.billed_size AS _BilledSize,
  coalesce(workspace.is_billable, '') AS _IsBillable,
  coalesce(workspace.machine_group, '') AS MachineGroup,
  coalesce(workspace.source_system, '') AS SourceSystem,
  coalesce(workspace.tenant_id, '') AS TenantId,
  strftime('%Y-%m-%dT%H:%M:%S', (event.time + event.generation_delay - ((event.time + event.generation_delay) % 10000000 + 10000000) % 10000000) / 10000000, 'unixepoch') || printf('.%07dZ', ((event.time + event.generation_delay) % 10000000 + 10000000) % 10000000) AS TimeGenerated,
  coalesce(workspace.table_type, '') AS Type,
  event.event_id AS event_id,
  event.import_id AS import_id,
  event.time AS ticks -- Timestamp as a number, which the index knows: ticks >= ticks('2026-05-03')
FROM process_event AS event
LEFT JOIN device ON device.device_id = event.device_id
LEFT JOIN text AS device_name ON device_name.text_id = event.device_name_id
LEFT JOIN text AS action_type ON action_type.text_id = event.action_type_id
LEFT JOIN text AS additional_fields ON additional_fields.text_id = event.additional_fields_id
LEFT JOIN text AS app_guard ON app_guard.text_id = event.app_guard_container_id
LEFT JOIN workspace ON workspace.workspace_id = event.workspace_id
LEFT JOIN image ON image.image_id = event.image_id
LEFT JOIN command_line ON command_line.command_line_id = event.command_line_id
LEFT JOIN logon ON logon.logon_id = event.logon_id
LEFT JOIN account ON account.account_id = logon.account_id
LEFT JOIN text AS integrity ON integrity.text_id = logon.integrity_level_id
LEFT JOIN text AS elevation ON elevation.text_id = logon.token_elevation_id
LEFT JOIN text AS remote_device ON remote_device.text_id = logon.remote_device_name_id
LEFT JOIN text AS remote_ip ON remote_ip.text_id = logon.remote_ip_id
LEFT JOIN initiating_process AS parent ON parent.initiating_process_id = event.initiating_process_id
LEFT JOIN image AS parent_image ON parent_image.image_id = parent.image_id
LEFT JOIN command_line AS parent_command_line ON parent_command_line.command_line_id = parent.command_line_id
LEFT JOIN logon AS parent_logon ON parent_logon.logon_id = parent.logon_id
LEFT JOIN account AS parent_account ON parent_account.account_id = parent_logon.account_id
LEFT JOIN text AS parent_integrity ON parent_integrity.text_id = parent_logon.integrity_level_id
LEFT JOIN text AS parent_elevation ON parent_elevation.text_id = parent_logon.token_elevation_id
LEFT JOIN text AS parent_remote_device ON parent_remote_device.text_id = parent_logon.remote_device_name_id
LEFT JOIN text AS parent_remote_ip ON parent_remote_ip.text_id = parent_logon.remote_ip_id
LEFT JOIN text AS parent_file_name ON parent_file_name.text_id = parent.parent_file_name_id
LEFT JOIN text AS signer_type ON signer_type.text_id = parent.signer_type_id
LEFT JOIN text AS signature_status ON signature_status.text_id = parent.signature_status_id;
