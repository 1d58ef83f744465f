-- Counts new hidden evidence of a finding. A finding of which nothing shows spans what it hides. Returns no rows.
UPDATE finding
SET hidden_events = hidden_events + :events,
  first_activity = iif(events = 0, min(first_activity, :first_activity), first_activity),
  last_activity = iif(events = 0, max(last_activity, :last_activity), last_activity)
WHERE finding_id = :finding_id;
