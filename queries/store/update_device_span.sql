-- Looks up anew when a device's events begin and end, where the event that told it is told at another time now.
-- Returns no rows.
UPDATE device
SET first_event = CASE
    WHEN first_event = ?1
      THEN coalesce((SELECT min(time) FROM process_event WHERE process_event.device_id = device.device_id), first_event)
    ELSE first_event
  END,
  last_event = CASE
    WHEN last_event = ?2
      THEN coalesce((SELECT max(time) FROM process_event WHERE process_event.device_id = device.device_id), last_event)
    ELSE last_event
  END
WHERE device_id = ?3;
