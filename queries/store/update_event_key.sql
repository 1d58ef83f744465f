-- Gives an event the time and the ReportId that another export told. Returns no rows.
UPDATE process_event
SET time = ?2,
  report_id = ?3,
  content_hash = CASE WHEN ?3 IS NULL THEN content_hash END
WHERE event_id = ?1;
