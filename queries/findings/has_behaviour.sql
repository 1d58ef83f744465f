-- Whether a finding has evidence of a behaviour that is not hidden, one row.
SELECT EXISTS (
  SELECT 1
  FROM evidence
  WHERE finding_id = :finding_id
    AND behaviour = :behaviour
    AND NOT is_hidden
) AS has_behaviour;
