-- The chains of processes in what a finding shows, one row each, the most frequent first.
SELECT
  published.InitiatingProcessParentFileName AS grandparent,
  published.InitiatingProcessFileName AS parent,
  published.FileName AS child,
  count(*) AS events
FROM evidence
JOIN DeviceProcessEvents AS published USING (event_id)
WHERE evidence.finding_id = :finding_id
  AND NOT evidence.is_hidden
GROUP BY grandparent, parent, child
ORDER BY events DESC, grandparent, parent, child;
