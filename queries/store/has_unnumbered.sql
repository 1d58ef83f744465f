-- Whether a device has events without ReportId in a span of time and one of numbers, one row.
SELECT EXISTS (
  SELECT 1
  FROM process_event
  WHERE device_id = :device_id
    AND time >= :first
    AND time < :end
    AND content_hash IS NOT NULL
    AND NOT EXISTS (
      SELECT 1 FROM text WHERE text_id = extra_id AND json_extract(text, '$.ReportId') IS NOT NULL -- it is a text
    )
    AND event_id >= :first_number
    AND event_id < :end_number
);
