-- What an import says of the file itself, and events that lean on rows nobody can be sure of.

-- Any kind of file, without a list of kinds that each new one would have to change.
ALTER TABLE import ADD COLUMN kind TEXT NOT NULL DEFAULT ''; -- csv or json
UPDATE import SET kind = format;
ALTER TABLE import DROP COLUMN format;
ALTER TABLE import RENAME COLUMN kind TO format;

ALTER TABLE import ADD COLUMN rows_recovered INTEGER NOT NULL DEFAULT 0; -- of the rows read, those behind recovered_after
ALTER TABLE import ADD COLUMN recovered_after INTEGER; -- the line of the first row that broke inside a text: what stands behind it may have been part of that text; NULL: none broke so
ALTER TABLE import ADD COLUMN other_tables TEXT NOT NULL DEFAULT '{}' CHECK (json_type(other_tables) = 'object'); -- rows_of_other_tables by the table's name; '' where nothing names it
ALTER TABLE import ADD COLUMN lacking TEXT NOT NULL DEFAULT '[]' CHECK (json_type(lacking) = 'array'); -- published columns that the file, or a part of it, does not have
ALTER TABLE import ADD COLUMN notices TEXT NOT NULL DEFAULT '[]' CHECK (json_type(notices) = 'array'); -- what was done with the file that a person should know
UPDATE import SET other_tables = json_object('', rows_of_other_tables) WHERE rows_of_other_tables > 0;

CREATE TABLE repeated_event ( -- a row that says nothing new of an event, kept where it makes the event surer
  event_id INTEGER NOT NULL REFERENCES process_event,
  import_id INTEGER NOT NULL REFERENCES import,
  is_whole INTEGER NOT NULL CHECK (is_whole IN (0, 1)), -- whether the row was in order and says all that the event says
  PRIMARY KEY (event_id, import_id)
) STRICT, WITHOUT ROWID;

-- So that it is a lookup whether a row that filled an event is one that nobody can be sure of.
CREATE INDEX event_completion_by_event ON event_completion (event_id);

-- Exports spell the same id in capitals or not.
CREATE INDEX device_by_id ON device (external_id COLLATE NOCASE, name_key);

-- Ids and hashes count whatever their case, so that events known by their content are to be known anew.
UPDATE process_event SET content_hash = NULL WHERE content_hash IS NOT NULL;
