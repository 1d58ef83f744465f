-- Hides under a suppression what a finding shows. Returns no rows.
UPDATE evidence
SET suppression_id = :suppression_id,
  is_hidden = 1
WHERE finding_id = :finding_id
  AND NOT is_hidden;
