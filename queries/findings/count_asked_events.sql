-- How many events the case has, and how many of them arrived after one, one row. Those of all devices are counted as they
-- are taken in and pruned, so that none has to be read.
SELECT
  (SELECT coalesce(sum(events), 0) FROM device) - (SELECT coalesce(sum(events), 0) FROM prune) AS events,
  (SELECT count(*) FROM process_event WHERE event_id > :looked_event_id) AS unasked;
