-- Records that the row at a line filled a device's events which came before an import: it told the device's id. Returns no
-- rows.
INSERT INTO event_completion (event_completion_id, event_id, import_id, line)
SELECT last.number + row_number() OVER (ORDER BY event.event_id), event.event_id, :import_id, :line
FROM process_event AS event
CROSS JOIN (
  SELECT coalesce(max(number), 0) AS number
  FROM (
    SELECT max(event_completion_id) AS number FROM event_completion
    UNION ALL
    SELECT number FROM last_number WHERE table_name = 'event_completion'
  )
) AS last
WHERE event.device_id = :device_id
  AND event.event_id < :first_event_id;
