-- Runs, one row a run, in the order in which they ran.
SELECT * FROM run ORDER BY run_id;
