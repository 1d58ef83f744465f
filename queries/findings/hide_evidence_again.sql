-- Hides what a suppression has hidden of a finding before and shows again. Returns no rows.
UPDATE evidence
SET is_hidden = 1
WHERE finding_id = :finding_id
  AND suppression_id = :suppression_id;
