-- Whether anything was imported, one row.
SELECT EXISTS (SELECT 1 FROM import);
