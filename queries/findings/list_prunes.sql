-- Removals of events, one row each, in the order in which they were done.
SELECT
  operation.done_at,
  operation.done_by,
  prune.removed_before,
  prune.events,
  prune.events_unlooked,
  prune.events_held,
  prune.rows_removed
FROM prune
JOIN operation USING (operation_id)
ORDER BY prune.prune_id;
