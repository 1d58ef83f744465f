-- The statements that made the tables, indexes and views, one row each, in the order in which they were made.
SELECT sql
FROM sqlite_schema
WHERE sql IS NOT NULL
  AND type IN ('table', 'index', 'view')
  AND name NOT LIKE 'sqlite%'
ORDER BY type = 'view', type = 'index', rowid;
