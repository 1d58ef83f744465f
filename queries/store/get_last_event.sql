-- The time of the newest event that is not after an instant; one row, NULL when there is none.
SELECT max(time) AS time FROM process_event WHERE time <= ?1;
