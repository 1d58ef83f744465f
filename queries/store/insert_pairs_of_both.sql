-- Takes up the pairs of events of two devices that have one key. Each of the two is found by an index of its own. Returns
-- no rows.
INSERT INTO pair (unit, fine_time, coarse_id, fine_id)
SELECT 0, gone.time, kept.event_id, gone.event_id
FROM process_event AS gone
CROSS JOIN process_event AS kept
  ON kept.device_id = ?1
  AND kept.time = gone.time
  AND kept.report_id = gone.report_id
WHERE gone.device_id = ?2
UNION ALL
SELECT 0, gone.time, kept.event_id, gone.event_id
FROM process_event AS gone
CROSS JOIN process_event AS kept
  ON kept.device_id = ?1
  AND kept.time = gone.time
  AND kept.content_hash = gone.content_hash
WHERE gone.device_id = ?2;
