-- The device that is known by an id, whatever its case, or by a name, with its last event, one row at most: of several
-- that older versions told apart by case the one that is spelled so, or the first.
SELECT device_id, last_event
FROM device
WHERE external_id = :external_id COLLATE NOCASE
  AND name_key = :name_key
ORDER BY external_id = :external_id DESC, device_id
LIMIT 1;
