-- The device that is known by an id, whatever its case, with its last event, one row at most: of several that older
-- versions told apart by case the one that is spelled so, or the first.
SELECT device_id, last_event
FROM device
WHERE external_id = :key COLLATE NOCASE
ORDER BY external_id = :key DESC, device_id
LIMIT 1;
