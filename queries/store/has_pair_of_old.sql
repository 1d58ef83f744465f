-- Whether a pair is of two events that both came before an import, one row.
SELECT EXISTS (SELECT 1 FROM pair WHERE max(coarse_id, fine_id) < :first_event_id);
