-- Analysts who did or got anything that the case records, one row a name, in their order.
SELECT name
FROM (
  SELECT done_by AS name FROM operation
  UNION SELECT run_by FROM run
  UNION SELECT imported_by FROM import
  UNION SELECT made_by FROM report
  UNION SELECT analyst FROM seen
  UNION SELECT assigned_to FROM finding
  UNION SELECT owner FROM hunt
)
WHERE name <> ''
ORDER BY name;
