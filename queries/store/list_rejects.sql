-- An import's rejected rows, one row each, in the order of the file; a limit below 0 is none.
SELECT line, reason, raw
FROM reject
WHERE import_id = ?1
ORDER BY line, reject_id
LIMIT ?2;
