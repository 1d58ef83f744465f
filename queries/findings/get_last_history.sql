-- The newest change, one row, 0 when there is none.
SELECT coalesce(max(history_id), 0) AS history_id FROM history;
