-- Whether a finding shows evidence that a suppression has not covered, one row.
SELECT EXISTS (
  SELECT 1
  FROM evidence
  WHERE finding_id = :finding_id
    AND suppression_id IS NOT :suppression_id
    AND NOT is_hidden
) AS has_other;
