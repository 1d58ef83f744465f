-- Whether a file of this size was imported, one row.
SELECT EXISTS (SELECT 1 FROM import WHERE size_bytes = :size_bytes);
