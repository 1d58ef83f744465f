-- The newest operation of an analyst's commands that stands: not undone, and no undoing itself. One row at most.
SELECT operation_id, command
FROM operation
WHERE done_by = :done_by
  AND command <> ''
  AND run_id IS NULL
  AND undone_id IS NULL
  AND operation_id NOT IN (SELECT undone_id FROM operation WHERE undone_id IS NOT NULL)
ORDER BY operation_id DESC
LIMIT 1;
