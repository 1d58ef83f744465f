-- Imports whose events a later row can make surer: of broken files, or of files without some columns, one row an import,
-- in order of arrival.
SELECT import_id, recovered_after, lacking
FROM import
WHERE recovered_after IS NOT NULL
  OR lacking <> '[]'
ORDER BY import_id;
