-- Several exports in one file, and one event at several precisions.

CREATE TABLE import_anew (
  import_id INTEGER PRIMARY KEY,
  file_name TEXT NOT NULL, -- as the analyst named it, with / and the member's name behind it for one of an archive; - is standard input
  sha256 TEXT NOT NULL, -- of the whole file as it lies on disk, in hexadecimal
  member TEXT NOT NULL DEFAULT '', -- the name of the archive's member that it is; '' for a file that is an export itself
  size_bytes INTEGER NOT NULL, -- of the whole file
  format TEXT NOT NULL, -- csv or json
  imported_at INTEGER NOT NULL,
  imported_by TEXT NOT NULL,
  rows_read INTEGER NOT NULL, -- the sum of the next six
  events_new INTEGER NOT NULL,
  events_known INTEGER NOT NULL, -- in the case already, with nothing to add
  events_completed INTEGER NOT NULL, -- in the case already; empty values of theirs were filled, or times told finer
  rows_conflicting INTEGER NOT NULL, -- in the case already, with other values: kept in conflict
  rows_rejected INTEGER NOT NULL, -- kept in reject
  rows_of_other_tables INTEGER NOT NULL, -- of a stream that mixes tables: not kept
  events_matched INTEGER NOT NULL DEFAULT 0, -- of those in the case already, those that another export told at another precision, or without ReportId
  rows_without_report_id INTEGER NOT NULL, -- their events are known by their whole content
  rows_without_device_id INTEGER NOT NULL, -- their device is known by its name
  first_event INTEGER, -- the span of the rows that are events; NULL when there are none
  last_event INTEGER,
  rows_recovered INTEGER NOT NULL DEFAULT 0, -- of the rows read, those behind recovered_after
  recovered_after INTEGER, -- the line of the first row that broke inside a text: what stands behind it may have been part of that text; NULL: none broke so
  other_tables TEXT NOT NULL DEFAULT '{}' CHECK (json_type(other_tables) = 'object'), -- rows_of_other_tables by the table's name; '' where nothing names it
  lacking TEXT NOT NULL DEFAULT '[]' CHECK (json_type(lacking) = 'array'), -- published columns that the file, or a part of it, does not have
  notices TEXT NOT NULL DEFAULT '[]' CHECK (json_type(notices) = 'array'), -- what was done with the file that a person should know
  UNIQUE (sha256, member)
) STRICT;

INSERT INTO import_anew (
  import_id, file_name, sha256, size_bytes, format, imported_at, imported_by, rows_read, events_new, events_known,
  events_completed, rows_conflicting, rows_rejected, rows_of_other_tables, rows_without_report_id,
  rows_without_device_id, first_event, last_event, rows_recovered, recovered_after, other_tables, lacking, notices
)
SELECT
  import_id, file_name, sha256, size_bytes, format, imported_at, imported_by, rows_read, events_new, events_known,
  events_completed, rows_conflicting, rows_rejected, rows_of_other_tables, rows_without_report_id,
  rows_without_device_id, first_event, last_event, rows_recovered, recovered_after, other_tables, lacking, notices
FROM import;
DROP TABLE import;
ALTER TABLE import_anew RENAME TO import;

-- A device that exports without DeviceId brought by its name, and others by its id, has both.
CREATE INDEX device_by_name ON device (name_key) WHERE name_key <> '';
