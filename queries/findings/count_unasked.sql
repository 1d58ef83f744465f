-- How many events came, or were filled, after the last that every rule was asked about, one row: rules of hunts that are
-- closed, or of the others. Before the first run that is every event for the others.
WITH asked AS (
  SELECT
    min(rule_version.looked_event_id) AS event_id,
    min(rule_version.looked_completion_id) AS event_completion_id
  FROM current_version
  JOIN rule_version USING (rule_version_id)
  JOIN rule ON rule.rule_id = rule_version.rule_id
  JOIN hunt USING (hunt_id)
  WHERE (hunt.status = 'closed') = :closed
    AND (:hunt_id IS NULL OR rule.hunt_id = :hunt_id)
)
SELECT
  CASE
    WHEN NOT :closed AND NOT EXISTS (SELECT 1 FROM run) THEN (SELECT count(*) FROM process_event)
    WHEN asked.event_id IS NULL THEN 0
    ELSE (
      SELECT count(*)
      FROM process_event
      WHERE event_id > asked.event_id
    ) + (
      SELECT count(DISTINCT event_id)
      FROM event_completion
      WHERE event_completion_id > asked.event_completion_id
        AND event_id <= asked.event_id
    )
  END AS events
FROM asked;
