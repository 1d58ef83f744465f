-- How many events the case has, and how many of them arrived after one, one row.
SELECT
  (SELECT count(*) FROM process_event) AS events,
  (SELECT count(*) FROM process_event WHERE event_id > :looked_event_id) AS unasked;
