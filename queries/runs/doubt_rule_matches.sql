-- Takes matches of events that were filled as no longer holding, until the rule has looked again. Returns no rows.
UPDATE rule_match
SET holds = 0
WHERE rule_version_id = :rule_version_id
  AND event_id IN (
    SELECT event_id
    FROM event_completion
    WHERE event_completion_id > :after
      AND event_completion_id <= :until
  );
