-- Whether there is an event without ReportId of a device, time and content, one row.
SELECT EXISTS (
  SELECT 1
  FROM process_event
  WHERE device_id = :device_id
    AND time = :time
    AND content_hash = :content_hash
);
