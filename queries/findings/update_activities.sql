-- Looks anew when the findings of a rule begin and end whose evidence was filled in a span of completions: another
-- export may have told its time finer. Returns no rows.
UPDATE finding
SET first_activity = coalesce(span.first_activity, span.first_hidden),
  last_activity = coalesce(span.last_activity, span.last_hidden)
FROM (
  SELECT
    evidence.finding_id,
    min(event.time) FILTER (WHERE NOT evidence.is_hidden) AS first_activity,
    max(event.time) FILTER (WHERE NOT evidence.is_hidden) AS last_activity,
    min(event.time) AS first_hidden,
    max(event.time) AS last_hidden
  FROM evidence
  JOIN process_event AS event USING (event_id)
  WHERE evidence.finding_id IN (
    SELECT filled.finding_id
    FROM event_completion AS completion
    JOIN evidence AS filled USING (event_id)
    JOIN finding AS of_rule ON of_rule.finding_id = filled.finding_id AND of_rule.rule_id = :rule_id
    WHERE completion.event_completion_id > :after
      AND completion.event_completion_id <= :until
  )
  GROUP BY evidence.finding_id
) AS span
WHERE finding.finding_id = span.finding_id;
