-- An event under the published names, with the export's other columns, one row at most.
SELECT
  published.*,
  (
    SELECT text.text
    FROM process_event AS event
    JOIN text ON text.text_id = event.extra_id
    WHERE event.event_id = :event_id
  ) AS extra
FROM DeviceProcessEvents AS published
WHERE published.event_id = :event_id;
