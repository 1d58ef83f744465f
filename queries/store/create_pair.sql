-- A place for pairs of events that may be one, told at two precisions, while an import looks for them. Returns no rows.
CREATE TEMP TABLE IF NOT EXISTS pair (
  unit INTEGER NOT NULL, -- the coarser one's, in ticks
  fine_time INTEGER NOT NULL,
  coarse_id INTEGER NOT NULL,
  fine_id INTEGER NOT NULL
) STRICT;
DELETE FROM pair;
