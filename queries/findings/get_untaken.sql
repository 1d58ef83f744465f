-- What of the exports is not in the case as it was, one row: rows that were rejected, rows kept aside since they contradict
-- an event, rows behind one that broke inside a text, and events that were pruned before any rule had looked at them.
SELECT
  (SELECT coalesce(sum(rows_rejected), 0) FROM import) AS rows_rejected,
  (SELECT coalesce(sum(rows_conflicting), 0) FROM import) AS rows_conflicting,
  (SELECT coalesce(sum(rows_recovered), 0) FROM import) AS rows_recovered,
  (SELECT coalesce(sum(events_unlooked), 0) FROM prune) AS events_pruned;
