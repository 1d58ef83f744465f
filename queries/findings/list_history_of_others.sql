-- What others than an analyst changed of a finding after a change, one row each, in the order in which it was done.
-- What a run changed counts as another's, whoever ran it.
SELECT *
FROM change
WHERE finding_id = :finding_id
  AND history_id > :since
  AND (done_by <> :analyst OR run_id IS NOT NULL)
ORDER BY history_id;
