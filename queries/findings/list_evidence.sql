-- A finding's evidence, one row an event, in the order of time: all of it or, of what shows, all or the events named.
SELECT
  event.event_id,
  event.time,
  event.report_id,
  published.DeviceName AS device_name,
  published.FileName AS file_name,
  published.FolderPath AS folder_path,
  published.SHA1 AS sha1,
  published.SHA256 AS sha256,
  published.ProcessId AS process_id,
  published.ProcessCommandLine AS command_line,
  published.AccountDomain AS account_domain,
  published.AccountName AS account_name,
  published.InitiatingProcessFileName AS initiating_file_name,
  published.InitiatingProcessId AS initiating_process_id,
  published.InitiatingProcessCommandLine AS initiating_command_line,
  published.InitiatingProcessParentFileName AS parent_file_name,
  published.InitiatingProcessParentId AS parent_process_id,
  rule_match.reason,
  event.time > import.imported_at AS is_ahead,
  rule_version.sha256 AS rule_sha256,
  evidence.run_id,
  import.import_id,
  import.file_name AS import_file_name,
  event.line,
  import.recovered_after,
  iif(
    (
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
    ),
    1,
    0
  ) AS is_recovered, -- as list_findings.sql counts them
  iif(evidence.is_hidden, evidence.suppression_id, NULL) AS hidden_by,
  evidence.run_id > :seen_run_id AS is_unseen
FROM evidence
JOIN process_event AS event USING (event_id)
JOIN DeviceProcessEvents AS published USING (event_id)
JOIN rule_match USING (rule_version_id, event_id)
JOIN rule_version USING (rule_version_id)
JOIN import ON import.import_id = event.import_id
WHERE evidence.finding_id = :finding_id
  AND (:with_hidden OR NOT evidence.is_hidden)
  AND (:event_ids IS NULL OR evidence.event_id IN (SELECT value FROM json_each(:event_ids)))
ORDER BY event.time, event.report_id, command_line, event.event_id;
