-- The changes of one operation, one row each, in the order in which they were made.
SELECT * FROM change WHERE operation_id = :operation_id ORDER BY history_id;
