-- Events without ReportId that lack the hash by which they are known: the first thousand, one row each.
SELECT event_id
FROM process_event
WHERE report_id IS NULL
  AND content_hash IS NULL
  AND event_id > 0
ORDER BY event_id
LIMIT 1000;
