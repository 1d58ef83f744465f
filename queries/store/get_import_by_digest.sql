-- The import of a file's content, one row at most.
SELECT * FROM import WHERE sha256 = :sha256;
