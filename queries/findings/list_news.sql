-- What is new of findings after a run and a change, one row a finding of which something is, in the order of numbers.
-- Evidence that a suppression hid then, and shows since, is new too.
WITH shown_again AS (
  SELECT DISTINCT finding_id, old AS suppression
  FROM history
  WHERE history_id > :history_id
    AND field = 'hiddenBy'
    AND new = ''
),
brought AS (
  SELECT evidence.finding_id, count(*) AS events
  FROM finding
  JOIN evidence USING (finding_id)
  WHERE (finding.last_run_id > :run_id OR finding.finding_id IN (SELECT finding_id FROM shown_again))
    AND NOT evidence.is_hidden
    AND (
      evidence.run_id > :run_id
      OR (evidence.finding_id, 'S-' || evidence.suppression_id) IN (SELECT finding_id, suppression FROM shown_again)
    )
  GROUP BY evidence.finding_id
),
changed AS (
  SELECT finding_id, count(*) AS changes, max(field = 'createdAt' AND new <> '') AS is_new
  FROM history
  WHERE history_id > :history_id
    AND finding_id IS NOT NULL
    -- What only follows from another change says nothing of its own.
    AND field NOT IN ('coveredBy', 'resolvedAt', 'resolvedEvents', 'reopenCount')
  GROUP BY finding_id
)
SELECT
  finding.finding_id,
  coalesce(changed.is_new, 0) AS is_new,
  iif(changed.is_new, finding.events, coalesce(brought.events, 0)) AS events,
  coalesce(changed.changes, 0) AS changes
FROM finding
LEFT JOIN brought USING (finding_id)
LEFT JOIN changed USING (finding_id)
WHERE coalesce(brought.events, changed.changes) IS NOT NULL
ORDER BY finding.finding_id;
