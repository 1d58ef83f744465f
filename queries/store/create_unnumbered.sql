-- A place for events without ReportId while others are looked for that may be the same. Returns no rows.
CREATE TEMP TABLE IF NOT EXISTS unnumbered (
  pid INTEGER NOT NULL,
  time INTEGER NOT NULL,
  event_id INTEGER NOT NULL,
  PRIMARY KEY (pid, time, event_id)
) STRICT, WITHOUT ROWID;
DELETE FROM unnumbered;
