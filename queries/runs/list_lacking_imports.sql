-- Imports that lack columns, one row each with how many of its events the case has, in their order. Events are read
-- and counted only where some were pruned: elsewhere an import has what it brought.
SELECT
  import.import_id,
  iif(EXISTS (SELECT 1 FROM prune), coalesce(kept.events, 0), import.events_new) AS events
FROM import
LEFT JOIN (
  SELECT
    event.import_id,
    count(*) AS events
  FROM (SELECT 1 FROM prune LIMIT 1)
  CROSS JOIN process_event AS event
  GROUP BY event.import_id
) AS kept ON kept.import_id = import.import_id
WHERE import.lacking <> '[]'
ORDER BY import.import_id;
