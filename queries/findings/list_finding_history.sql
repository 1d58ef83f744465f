-- A finding's changes, one row each, in the order in which they were made.
SELECT * FROM change WHERE finding_id = :finding_id ORDER BY history_id;
