-- An event under the published names, with the export's other columns, one row at most.
SELECT published.*, coalesce(text.text, '') AS extra
FROM DeviceProcessEvents AS published
JOIN process_event AS event USING (event_id)
LEFT JOIN text ON text.text_id = event.extra_id
WHERE event_id = :event_id;
