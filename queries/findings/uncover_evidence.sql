-- Notes that a suppression covers nothing of what shows. Returns no rows.
UPDATE evidence
SET suppression_id = NULL
WHERE suppression_id = :suppression_id
  AND NOT is_hidden;
