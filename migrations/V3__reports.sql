-- Reports that were handed over.

CREATE TABLE report ( -- a report that was handed over: the next one says what is new since
  report_id INTEGER PRIMARY KEY,
  hunt_id INTEGER REFERENCES hunt, -- what it was of; NULL: of every hunt
  made_at INTEGER NOT NULL,
  made_by TEXT NOT NULL,
  run_id INTEGER NOT NULL, -- what it could tell: evidence that runs up to this one brought; 0: none
  history_id INTEGER NOT NULL -- changes up to this one; 0: none
) STRICT;
