-- How many events there are of a span of arrivals, one row.
SELECT count(*) AS events FROM process_event WHERE event_id > ?1 AND event_id <= ?2;
