-- Counts a finding's evidence anew, after some was hidden or shown. A finding of which nothing shows spans what it
-- hides. Returns no rows.
UPDATE finding
SET events = counted.events,
  hidden_events = counted.hidden_events,
  first_activity = coalesce(counted.first_activity, counted.first_hidden),
  last_activity = coalesce(counted.last_activity, counted.last_hidden),
  last_run_id = counted.last_run_id
FROM (
  SELECT
    count(*) FILTER (WHERE NOT is_hidden) AS events,
    count(*) FILTER (WHERE is_hidden) AS hidden_events,
    min(event.time) FILTER (WHERE NOT is_hidden) AS first_activity,
    max(event.time) FILTER (WHERE NOT is_hidden) AS last_activity,
    min(event.time) AS first_hidden,
    max(event.time) AS last_hidden,
    max(evidence.run_id) FILTER (WHERE NOT is_hidden) AS last_run_id
  FROM evidence
  JOIN process_event AS event USING (event_id)
  WHERE evidence.finding_id = :finding_id
) AS counted
WHERE finding.finding_id = :finding_id;
