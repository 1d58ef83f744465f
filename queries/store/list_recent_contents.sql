-- The contents that imports met, one row an import, the last one first.
SELECT keys FROM recent_content ORDER BY recent_content_id DESC;
