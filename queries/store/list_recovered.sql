-- The events that rest on an import's recovered rows, one row an event and row, in the order of the file.
WITH recovered AS (
  SELECT event.event_id, event.line
  FROM process_event AS event
  JOIN import USING (import_id)
  WHERE event.import_id = :import_id
    AND event.line > import.recovered_after
  UNION ALL
  SELECT completion.event_id, completion.line
  FROM event_completion AS completion
  JOIN import USING (import_id)
  WHERE completion.import_id = :import_id
    AND completion.line > import.recovered_after
)
SELECT
  recovered.line,
  recovered.event_id,
  published.Timestamp,
  published.DeviceName,
  published.FileName,
  published.ProcessCommandLine,
  EXISTS (
    SELECT 1 FROM repeated_event AS repeated WHERE repeated.event_id = recovered.event_id AND repeated.is_whole
  ) AS is_confirmed
FROM recovered
JOIN DeviceProcessEvents AS published USING (event_id)
ORDER BY recovered.line, recovered.event_id;
