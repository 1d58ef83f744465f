-- Pairs each event that an import brought, where its time may have been cut or rounded, with those of its device and
-- ReportId whose finer times it may be. What lies in the span of a time is looked at once, however many events have that
-- time. A rowid's range is read: the index of keys would be that of the whole case. Returns no rows.
INSERT INTO pair (unit, fine_time, coarse_id, fine_id)
SELECT unit, fine_time, coarse_id, fine_id
FROM (
  SELECT
    place.unit,
    fine.time AS fine_time,
    fine.event_id AS fine_id,
    (
      SELECT coarse.event_id
      FROM process_event AS coarse
      WHERE coarse.device_id = place.device_id
        AND coarse.time = place.time
        AND coarse.report_id = fine.report_id
        AND coarse.event_id >= :first_event_id
    ) AS coarse_id
  FROM (
    SELECT DISTINCT
      device_id,
      time,
      CASE 0 -- The coarsest unit that divides it.
        WHEN time % :minute THEN :minute
        WHEN time % :second THEN :second
        WHEN time % :millisecond THEN :millisecond
        ELSE :microsecond
      END AS unit
    FROM process_event NOT INDEXED
    WHERE event_id >= :first_event_id
      AND time % :microsecond = 0
      AND report_id IS NOT NULL
  ) AS place
  CROSS JOIN process_event AS fine
    ON fine.device_id = place.device_id
    AND fine.time >= place.time - min(place.unit, :second) / 2 -- Minutes are cut, not rounded.
    AND fine.time < place.time + place.unit
    AND fine.time <> place.time
    AND fine.report_id IS NOT NULL
)
WHERE coarse_id IS NOT NULL;
