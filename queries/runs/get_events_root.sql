-- Where DeviceProcessEvents begins in the database of a flat case, one row.
SELECT rootpage
FROM sqlite_schema
WHERE name = 'DeviceProcessEvents';
