-- The case: imports and their events, rules and their runs, findings and reviews.
-- Every time is a count of 100 ns ticks since 1970-01-01T00:00:00Z, unless its name says otherwise.
-- A reference that is NULL stands for an empty text: the export had nothing there.

CREATE TABLE case_info (
  case_info_id INTEGER PRIMARY KEY CHECK (case_info_id = 1), -- one row
  content_key_secret BLOB NOT NULL CHECK (length(content_key_secret) = 32) -- keys the hashes in content_key
) STRICT;

CREATE TABLE import (
  import_id INTEGER PRIMARY KEY,
  file_name TEXT NOT NULL, -- as the analyst named it; - is standard input
  sha256 TEXT NOT NULL UNIQUE, -- of the whole file, in hexadecimal
  size_bytes INTEGER NOT NULL,
  format TEXT NOT NULL CHECK (format IN ('csv', 'json')),
  imported_at INTEGER NOT NULL,
  imported_by TEXT NOT NULL,
  rows_read INTEGER NOT NULL, -- the sum of the next six
  events_new INTEGER NOT NULL,
  events_known INTEGER NOT NULL, -- in the case already, with nothing to add
  events_completed INTEGER NOT NULL, -- in the case already; empty values of theirs were filled
  rows_conflicting INTEGER NOT NULL, -- in the case already, with other values: kept in conflict
  rows_rejected INTEGER NOT NULL, -- kept in reject
  rows_of_other_tables INTEGER NOT NULL, -- of a stream that mixes tables: not kept
  rows_without_report_id INTEGER NOT NULL, -- their events are known by their whole content
  rows_without_device_id INTEGER NOT NULL, -- their device is known by its name
  first_event INTEGER, -- the span of the rows that are events; NULL when there are none
  last_event INTEGER
) STRICT;

CREATE TABLE reject ( -- a row that is no event
  reject_id INTEGER PRIMARY KEY,
  import_id INTEGER NOT NULL REFERENCES import,
  line INTEGER NOT NULL, -- on which the row begins, from 1
  reason TEXT NOT NULL,
  raw BLOB NOT NULL -- the row as it stands in the file
) STRICT;
CREATE INDEX reject_by_import ON reject (import_id, line);

CREATE TABLE content_key ( -- finds a row of the tables from device to initiating_process by its content
  content_key BLOB PRIMARY KEY, -- keyed 128-bit hash of the table's name and the row's columns
  content_id INTEGER NOT NULL -- the row's number in its table
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
  device_id INTEGER PRIMARY KEY,
  external_id TEXT NOT NULL, -- DeviceId; '' when the exports have none, and then the lower-case name is the key
  name_key TEXT NOT NULL, -- the lower-case name where it is the key, else ''
  name TEXT NOT NULL DEFAULT '', -- DeviceName of the newest event that has one
  named_at INTEGER, -- that event's time
  events INTEGER NOT NULL DEFAULT 0,
  first_event INTEGER, -- NULL while there are no events
  last_event INTEGER
) STRICT;

CREATE TABLE text ( -- small repeated texts, and the JSON texts of an event
  text_id INTEGER PRIMARY KEY,
  text TEXT NOT NULL
) STRICT;

CREATE TABLE command_line (
  command_line_id INTEGER PRIMARY KEY,
  text TEXT NOT NULL
) STRICT;

CREATE TABLE image ( -- a program file
  image_id INTEGER PRIMARY KEY,
  file_name TEXT NOT NULL,
  folder_path TEXT NOT NULL,
  sha1 TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  md5 TEXT NOT NULL,
  size_bytes INTEGER,
  company_name TEXT NOT NULL, -- this and the rest: the file's version resource
  product_name TEXT NOT NULL,
  product_version TEXT NOT NULL,
  internal_file_name TEXT NOT NULL,
  original_file_name TEXT NOT NULL,
  file_description TEXT NOT NULL
) STRICT;

CREATE TABLE account (
  account_id INTEGER PRIMARY KEY,
  domain TEXT NOT NULL,
  name TEXT NOT NULL,
  sid TEXT NOT NULL,
  upn TEXT NOT NULL,
  object_id TEXT NOT NULL
) STRICT;

CREATE TABLE logon ( -- the account and session that a process runs in
  logon_id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES account,
  logon_number INTEGER, -- LogonId: unique on one device between restarts
  integrity_level_id INTEGER REFERENCES text,
  token_elevation_id INTEGER REFERENCES text,
  session_number INTEGER,
  is_remote INTEGER CHECK (is_remote IN (0, 1)),
  remote_device_name_id INTEGER REFERENCES text,
  remote_ip_id INTEGER REFERENCES text
) STRICT;

CREATE TABLE workspace ( -- what Log Analytics adds to each row
  workspace_id INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  machine_group TEXT NOT NULL,
  source_system TEXT NOT NULL,
  table_type TEXT NOT NULL,
  is_billable TEXT NOT NULL
) STRICT;

CREATE TABLE initiating_process ( -- a process that caused events, and what they tell of its parent
  initiating_process_id INTEGER PRIMARY KEY,
  image_id INTEGER NOT NULL REFERENCES image,
  command_line_id INTEGER REFERENCES command_line,
  logon_id INTEGER NOT NULL REFERENCES logon,
  pid INTEGER,
  creation_time INTEGER,
  unique_id ANY, -- the process start key: an integer where its text is a plain decimal number
  parent_pid INTEGER,
  parent_file_name_id INTEGER REFERENCES text,
  parent_creation_time INTEGER,
  signer_type_id INTEGER REFERENCES text,
  signature_status_id INTEGER REFERENCES text
) STRICT;

CREATE TABLE process_event (
  event_id INTEGER PRIMARY KEY, -- in order of arrival
  time INTEGER NOT NULL,
  device_id INTEGER NOT NULL REFERENCES device,
  report_id INTEGER,
  device_name_id INTEGER REFERENCES text, -- as this event has it: devices are renamed
  action_type_id INTEGER REFERENCES text,
  image_id INTEGER NOT NULL REFERENCES image,
  command_line_id INTEGER REFERENCES command_line,
  logon_id INTEGER NOT NULL REFERENCES logon,
  initiating_process_id INTEGER NOT NULL REFERENCES initiating_process,
  pid INTEGER,
  creation_delay INTEGER, -- ticks from the process's creation to time
  unique_id ANY, -- as in initiating_process
  import_id INTEGER NOT NULL REFERENCES import, -- the import that brought it
  line INTEGER NOT NULL, -- where its row begins there
  additional_fields_id INTEGER REFERENCES text,
  app_guard_container_id INTEGER REFERENCES text,
  extra_id INTEGER REFERENCES text, -- the export's other columns, as JSON
  workspace_id INTEGER REFERENCES workspace,
  generation_delay INTEGER, -- ticks from time to TimeGenerated
  billed_size REAL,
  content_hash INTEGER -- of the whole event, where there is no report_id to know it by
) STRICT;
CREATE UNIQUE INDEX process_event_key ON process_event (time, device_id, report_id) WHERE report_id IS NOT NULL;
CREATE UNIQUE INDEX process_event_content ON process_event (time, device_id, content_hash)
  WHERE content_hash IS NOT NULL;

CREATE TABLE event_completion ( -- an event that a later row filled: rules look at it again
  event_completion_id INTEGER PRIMARY KEY,
  event_id INTEGER NOT NULL REFERENCES process_event,
  import_id INTEGER NOT NULL REFERENCES import,
  line INTEGER NOT NULL
) STRICT;

CREATE TABLE conflict ( -- a row whose event is in the case with other values
  conflict_id INTEGER PRIMARY KEY,
  event_id INTEGER NOT NULL REFERENCES process_event,
  import_id INTEGER NOT NULL REFERENCES import,
  line INTEGER NOT NULL,
  columns TEXT NOT NULL CHECK (json_type(columns) = 'array'), -- names of the columns that differ
  row TEXT NOT NULL CHECK (json_type(row) = 'object'), -- the row's filled columns
  UNIQUE (event_id, row)
) STRICT;

CREATE TABLE rule (
  rule_id INTEGER PRIMARY KEY,
  published_id TEXT NOT NULL UNIQUE, -- the id in the rule's head, by which findings are kept
  name TEXT NOT NULL,
  window_start INTEGER, -- what the rule's findings cover so far: after window_start, up to window_end
  window_end INTEGER
) STRICT;

CREATE TABLE rule_version ( -- a rule's text, and how far it has looked
  rule_version_id INTEGER PRIMARY KEY,
  rule_id INTEGER NOT NULL REFERENCES rule,
  sha256 TEXT NOT NULL, -- of the text, in hexadecimal
  text TEXT NOT NULL,
  first_run_at INTEGER NOT NULL,
  looked_event_id INTEGER NOT NULL DEFAULT 0, -- events up to this one have been looked at
  looked_completion_id INTEGER NOT NULL DEFAULT 0,
  UNIQUE (rule_id, sha256)
) STRICT;

CREATE TABLE rule_match ( -- an event that a rule's text selects, whatever the window
  rule_version_id INTEGER NOT NULL REFERENCES rule_version,
  event_id INTEGER NOT NULL REFERENCES process_event,
  reason TEXT NOT NULL CHECK (json_type(reason) = 'object'), -- the rule's own columns
  holds INTEGER NOT NULL DEFAULT 1 CHECK (holds IN (0, 1)), -- 0: no longer, since the event's empty values were filled
  PRIMARY KEY (rule_version_id, event_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
  run_id INTEGER PRIMARY KEY,
  run_at INTEGER NOT NULL,
  run_by TEXT NOT NULL,
  as_of INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  findings_new INTEGER NOT NULL,
  findings_updated INTEGER NOT NULL,
  findings_unchanged INTEGER NOT NULL
) STRICT;

CREATE TABLE rule_run ( -- what one rule did in a run
  rule_run_id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run,
  rule_name TEXT NOT NULL,
  rule_version_id INTEGER REFERENCES rule_version, -- NULL when the rule could not be read
  window_start INTEGER, -- as-of minus lookback
  events_looked_at INTEGER NOT NULL,
  matches INTEGER NOT NULL, -- new ones, whatever the window
  duration_ms INTEGER NOT NULL,
  failure TEXT -- why it failed; NULL when it did not
) STRICT;
CREATE INDEX rule_run_by_run ON rule_run (run_id, rule_name);

CREATE TABLE finding ( -- what a rule says of a device
  finding_id INTEGER PRIMARY KEY, -- shown as F-1
  rule_id INTEGER NOT NULL REFERENCES rule,
  device_id INTEGER NOT NULL REFERENCES device,
  status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'inProgress', 'resolved')),
  classification TEXT NOT NULL DEFAULT 'unknown'
    CHECK (classification IN ('unknown', 'truePositive', 'informationalExpectedActivity', 'falsePositive')),
  determination TEXT NOT NULL DEFAULT 'unknown',
  severity TEXT NOT NULL CHECK (severity IN ('informational', 'low', 'medium', 'high')),
  assigned_to TEXT NOT NULL DEFAULT '',
  events INTEGER NOT NULL DEFAULT 0, -- its evidence
  first_activity INTEGER NOT NULL,
  last_activity INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  resolved_at INTEGER,
  reopen_count INTEGER NOT NULL DEFAULT 0,
  UNIQUE (rule_id, device_id)
) STRICT;
CREATE INDEX finding_by_device ON finding (device_id);

CREATE TABLE evidence ( -- an event because of which a finding exists; never removed
  finding_id INTEGER NOT NULL REFERENCES finding,
  event_id INTEGER NOT NULL REFERENCES process_event,
  rule_version_id INTEGER NOT NULL REFERENCES rule_version, -- whose match it is
  run_id INTEGER NOT NULL REFERENCES run, -- that brought it
  PRIMARY KEY (finding_id, event_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE finding_tag (
  finding_id INTEGER NOT NULL REFERENCES finding,
  tag TEXT NOT NULL,
  PRIMARY KEY (finding_id, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE note (
  note_id INTEGER PRIMARY KEY,
  finding_id INTEGER NOT NULL REFERENCES finding,
  noted_at INTEGER NOT NULL,
  noted_by TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX note_by_finding ON note (finding_id, note_id);

CREATE TABLE history ( -- every change that a person made to a finding
  history_id INTEGER PRIMARY KEY,
  finding_id INTEGER NOT NULL REFERENCES finding,
  changed_at INTEGER NOT NULL,
  changed_by TEXT NOT NULL,
  field TEXT NOT NULL,
  old TEXT NOT NULL,
  new TEXT NOT NULL,
  why TEXT NOT NULL
) STRICT;
CREATE INDEX history_by_finding ON history (finding_id, history_id);
CREATE TRIGGER history_is_not_rewritten BEFORE UPDATE ON history
BEGIN
  SELECT raise(ABORT, 'history is append-only');
END;
CREATE TRIGGER history_is_not_erased BEFORE DELETE ON history
BEGIN
  SELECT raise(ABORT, 'history is append-only');
END;

CREATE TABLE device_review (
  device_id INTEGER PRIMARY KEY REFERENCES device,
  state TEXT NOT NULL CHECK (state IN ('inReview', 'reviewed')), -- no row: not reviewed
  reviewed_at INTEGER NOT NULL,
  reviewed_by TEXT NOT NULL,
  comment TEXT NOT NULL,
  import_id INTEGER REFERENCES import -- the newest data that the reviewer could see
) STRICT;

-- Every published column under its published name, in the published order, then the case's own two.
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
  event.import_id AS import_id
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
