-- Whether a finding has evidence that a suppression does not cover, one row.
SELECT EXISTS (
  SELECT 1
  FROM evidence
  WHERE finding_id = :finding_id
    AND suppression_id IS NOT :suppression_id
) AS has_other;
