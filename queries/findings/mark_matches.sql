-- Marks an event as held by a finding of a version's rule, whichever version matched it. Returns no rows.
UPDATE rule_match
SET is_evidence = 1
WHERE event_id = :event_id
  AND rule_version_id IN (
    SELECT same.rule_version_id
    FROM rule_version
    JOIN rule_version AS same USING (rule_id)
    WHERE rule_version.rule_version_id = :rule_version_id
  );
