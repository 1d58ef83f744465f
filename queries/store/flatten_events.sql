-- Puts a table in the place of the view DeviceProcessEvents, with its columns in its order. Returns no rows.
CREATE TEMP TABLE flat_event AS SELECT * FROM DeviceProcessEvents;
DROP VIEW DeviceProcessEvents;
CREATE TABLE DeviceProcessEvents AS SELECT * FROM flat_event;
DROP TABLE flat_event;
