-- How many events of a device are later than an instant, and the time of the last that is not, one row.
SELECT
  (SELECT count(*) FROM process_event WHERE device_id = :device_id AND time > :now) AS ahead,
  (SELECT max(time) FROM process_event WHERE device_id = :device_id AND time <= :now) AS last;
