-- Notes that a suppression covers all that a finding shows. Returns no rows.
UPDATE evidence
SET suppression_id = :suppression_id
WHERE finding_id = :finding_id
  AND NOT is_hidden;
