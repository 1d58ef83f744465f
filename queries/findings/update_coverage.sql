-- Notes which suppression covers an event of a finding. Returns no rows.
UPDATE evidence
SET suppression_id = :suppression_id
WHERE finding_id = :finding_id
  AND event_id = :event_id;
