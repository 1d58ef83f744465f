-- Adds new evidence that is not hidden to a finding's numbers. The span of what was hidden before does not count.
-- Returns no rows.
UPDATE finding
SET first_activity = iif(events = 0, :first_activity, min(first_activity, :first_activity)),
  last_activity = iif(events = 0, :last_activity, max(last_activity, :last_activity)),
  events = events + :events,
  last_run_id = :run_id
WHERE finding_id = :finding_id;
