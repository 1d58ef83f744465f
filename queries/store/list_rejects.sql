-- An import's rejected rows, one row each, in the order of the file.
SELECT line, reason, raw FROM reject WHERE import_id = :import_id ORDER BY line, reject_id;
