-- The newest run, one row at most.
SELECT * FROM run ORDER BY run_id DESC LIMIT 1;
