-- Whether the verdict of a finding is a suppression's doing and no person has touched it since, one row at most.
SELECT
  verdict.why GLOB 'S-[0-9]*: *' AND (
    verdict.run_id IS NOT NULL
    OR EXISTS (
      SELECT 1
      FROM history AS added
      WHERE added.operation_id = verdict.operation_id
        AND added.suppression_id IS NOT NULL
    )
  ) AS is_suppression
FROM standing_change AS verdict
WHERE verdict.finding_id = :finding_id
  AND verdict.field IN ('status', 'classification', 'determination', 'verdictUntil')
ORDER BY verdict.history_id DESC
LIMIT 1;
