-- Findings, one row each, latest activity first, with what an analyst has not seen of them.
SELECT
  finding.*,
  rule.name AS rule_name,
  rule.hunt_id,
  device.external_id AS device_external_id,
  device.name AS device_name,
  (
    SELECT json_group_array(tag ORDER BY tag)
    FROM finding_tag
    WHERE finding_tag.finding_id = finding.finding_id
  ) AS tags,
  (SELECT count(*) FROM note WHERE note.finding_id = finding.finding_id) AS notes,
  iif(
    EXISTS (SELECT 1 FROM import WHERE recovered_after IS NOT NULL),
    (
      SELECT count(*)
      FROM evidence
      CROSS JOIN process_event AS event USING (event_id) -- of the finding's events alone
      CROSS JOIN import USING (import_id)
      WHERE evidence.finding_id = finding.finding_id
        AND NOT evidence.is_hidden
        AND (
          import.recovered_after < event.line
          OR EXISTS (
            SELECT 1
            FROM event_completion AS completion
            JOIN import AS broken USING (import_id)
            WHERE completion.event_id = event.event_id
              AND broken.recovered_after < completion.line
          )
        )
        AND NOT EXISTS (
          SELECT 1
          FROM repeated_event
          WHERE repeated_event.event_id = event.event_id
            AND repeated_event.is_whole
        )
    ),
    0
  ) AS recovered_events, -- as list_evidence.sql tells them
  (
    SELECT other.finding_id
    FROM finding AS other
    WHERE other.rule_id = finding.rule_id
      AND other.device_id = finding.device_id
      AND other.episode = finding.episode - 1
  ) AS predecessor_id,
  (
    SELECT other.finding_id
    FROM finding AS other
    WHERE other.rule_id = finding.rule_id
      AND other.device_id = finding.device_id
      AND other.episode = finding.episode + 1
  ) AS successor_id,
  coalesce(seen.run_id, 0) = 0 AS is_new,
  CASE
    WHEN coalesce(seen.run_id, 0) = 0 THEN finding.events
    WHEN coalesce(finding.last_run_id, 0) <= seen.run_id THEN 0
    ELSE (
      SELECT count(*)
      FROM evidence
      WHERE evidence.finding_id = finding.finding_id
        AND evidence.run_id > seen.run_id
        AND NOT evidence.is_hidden
    )
  END AS unseen_events,
  (
    SELECT count(*)
    FROM history
    JOIN operation USING (operation_id)
    WHERE history.finding_id = finding.finding_id
      AND history.history_id > coalesce(seen.history_id, 0)
      AND (operation.done_by <> :analyst OR operation.run_id IS NOT NULL)
      -- What only follows from another change says nothing of its own.
      AND history.field NOT IN ('coveredBy', 'resolvedAt', 'resolvedEvents', 'reopenCount')
  ) AS unseen_changes
FROM finding
JOIN rule USING (rule_id)
JOIN device USING (device_id)
LEFT JOIN seen ON seen.analyst = :analyst AND seen.finding_id = finding.finding_id
WHERE finding.finding_id BETWEEN :first_id AND :last_id
  AND (:with_hidden OR finding.events > 0)
ORDER BY finding.last_activity DESC, finding.finding_id;
