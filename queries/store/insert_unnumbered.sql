-- Takes up the events without ReportId of a device, a span of time and one of numbers. Returns no rows.
INSERT INTO unnumbered (pid, time, event_id)
SELECT pid, time, event_id
FROM process_event
WHERE device_id = :device_id
  AND time >= :first
  AND time < :end
  AND content_hash IS NOT NULL
  AND NOT EXISTS (
    SELECT 1 FROM text WHERE text_id = extra_id AND json_extract(text, '$.ReportId') IS NOT NULL -- it is a text
  )
  AND pid IS NOT NULL
  AND event_id >= :first_number
  AND event_id < :end_number;
