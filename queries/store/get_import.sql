-- An import by its number, one row at most.
SELECT * FROM import WHERE import_id = :import_id;
