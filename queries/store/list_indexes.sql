-- The indexes of the case's tables, one row each, by name.
SELECT index_list.name
FROM pragma_table_list AS table_list
JOIN pragma_index_list(table_list.name) AS index_list
WHERE table_list.schema = 'main'
  AND table_list.type = 'table'
  AND table_list.name NOT GLOB 'sqlite_*'
ORDER BY index_list.name;
