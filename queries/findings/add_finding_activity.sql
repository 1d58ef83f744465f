-- Adds new evidence to a finding's numbers. Returns no rows.
UPDATE finding
SET events = events + :events,
  first_activity = min(first_activity, :first_activity),
  last_activity = max(last_activity, :last_activity)
WHERE finding_id = :finding_id;
