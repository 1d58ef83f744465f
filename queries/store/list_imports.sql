-- Imports, one row an import, in order of arrival.
SELECT * FROM import ORDER BY import_id;
