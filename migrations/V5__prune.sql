-- Events that are taken out of the case again.

CREATE TABLE prune ( -- a removal of old events that no finding held
  prune_id INTEGER PRIMARY KEY,
  operation_id INTEGER NOT NULL UNIQUE REFERENCES operation, -- who removed them, and when
  removed_before INTEGER NOT NULL, -- they were earlier than this
  events INTEGER NOT NULL, -- how many they were
  events_unlooked INTEGER NOT NULL, -- how many of them no rule had looked at
  events_held INTEGER NOT NULL, -- earlier ones that stayed, since findings hold them
  rows_removed INTEGER NOT NULL -- of other tables, which only those events needed
) STRICT;

CREATE TABLE last_number ( -- the highest number that a table's rows had before some were removed: none is given twice
  table_name TEXT PRIMARY KEY,
  number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Says whether any finding holds an event.
CREATE INDEX evidence_by_event ON evidence (event_id);
