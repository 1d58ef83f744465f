-- Whether a run that came after an operation brought a finding evidence that shows, one row.
SELECT EXISTS (
  SELECT 1
  FROM evidence
  JOIN operation USING (run_id)
  WHERE evidence.finding_id = :finding_id
    AND NOT evidence.is_hidden
    AND operation.operation_id > :operation_id
) AS has_evidence;
