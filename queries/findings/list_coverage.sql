-- The events that a finding shows and a suppression has covered, one row each, in the order of arrival.
SELECT event_id, suppression_id
FROM evidence
WHERE finding_id = :finding_id
  AND NOT is_hidden
  AND suppression_id IS NOT NULL
ORDER BY event_id;
