-- How many old events findings hold, or wait for one since a window left them out, one row.
SELECT count(*) AS events
FROM process_event
WHERE time < :before
  AND (
    event_id IN (SELECT event_id FROM evidence)
    OR event_id IN (
      SELECT rule_match.event_id
      FROM current_version
      JOIN rule_match INDEXED BY rule_match_outside USING (rule_version_id)
      WHERE rule_match.holds
        AND NOT rule_match.is_evidence
    )
  );
