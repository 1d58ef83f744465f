-- Pairs of events that may be one, one row each: those told at the finest precisions first.
SELECT coarse_id, fine_id
FROM pair
ORDER BY unit, fine_time, coarse_id, fine_id;
