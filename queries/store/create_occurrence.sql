-- A place of its own for counting contents, of which nothing needs to last. Returns no rows.
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE occurrence (content_hash INTEGER PRIMARY KEY, earlier INTEGER NOT NULL) STRICT;
BEGIN;
