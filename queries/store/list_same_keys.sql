-- The events of one device that an import brought in a span of time, with those of another that have their keys, one row
-- each: the first so many.
SELECT news.event_id AS new_id, other.event_id AS other_id
FROM process_event AS news
CROSS JOIN process_event AS other
  ON other.device_id = :other_id
  AND other.time = news.time
  AND other.report_id = news.report_id
WHERE news.device_id = :device_id
  AND news.time >= :first
  AND news.time <= :last
  AND news.event_id >= :first_event_id
ORDER BY news.time, news.report_id
LIMIT :most;
