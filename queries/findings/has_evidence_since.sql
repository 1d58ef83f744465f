-- Whether evidence of a finding came, or shows again, after an operation, one row.
SELECT
  EXISTS (
    SELECT 1
    FROM evidence
    JOIN operation USING (run_id)
    WHERE evidence.finding_id = :finding_id
      AND NOT evidence.is_hidden
      AND operation.operation_id > :operation_id
  )
  OR EXISTS (
    SELECT 1
    FROM history
    WHERE history.finding_id = :finding_id
      AND history.field = 'hiddenBy'
      AND history.new = ''
      AND history.operation_id > :operation_id
      AND history.operation_id NOT IN (SELECT undone_id FROM operation WHERE undone_id IS NOT NULL)
  ) AS has_evidence;
