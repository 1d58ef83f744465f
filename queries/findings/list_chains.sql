-- The most frequent chains of processes in what a finding shows, one row each with how many chains there are.
SELECT
  published.InitiatingProcessParentFileName AS grandparent,
  published.InitiatingProcessFileName AS parent,
  published.FileName AS child,
  count(*) AS events,
  count(*) OVER () AS chains
FROM evidence
JOIN DeviceProcessEvents AS published USING (event_id)
WHERE evidence.finding_id = :finding_id
  AND NOT evidence.is_hidden
GROUP BY grandparent, parent, child
ORDER BY events DESC, grandparent, parent, child
LIMIT :limit;
