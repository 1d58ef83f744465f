-- Removes the events of a span of numbers that are old, held by no finding, and wait for none. Returns no rows.
DELETE FROM process_event
WHERE event_id >= :first_number
  AND event_id <= :last_number
  AND time < :before
  AND NOT EXISTS (SELECT 1 FROM evidence WHERE evidence.event_id = process_event.event_id)
  AND event_id NOT IN (
    SELECT rule_match.event_id
    FROM current_version
    JOIN rule_match INDEXED BY rule_match_outside USING (rule_version_id)
    WHERE rule_match.holds
      AND NOT rule_match.is_evidence
  );
