-- The import of a file's content, or of a member of it, one row at most.
SELECT * FROM import WHERE sha256 = :sha256 AND member = :member;
