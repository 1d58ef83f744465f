-- Shows what a suppression hides of a finding. Returns no rows.
UPDATE evidence
SET is_hidden = 0
WHERE finding_id = :finding_id
  AND suppression_id = :suppression_id;
