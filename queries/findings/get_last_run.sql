-- The newest run, one row, 0 when there is none.
SELECT coalesce(max(run_id), 0) AS run_id FROM run;
