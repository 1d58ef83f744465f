-- How far an analyst has looked at a finding, one row at most.
SELECT run_id, history_id FROM seen WHERE analyst = :analyst AND finding_id = :finding_id;
