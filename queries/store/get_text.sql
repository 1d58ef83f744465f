-- A text by its number, one row at most.
SELECT text FROM text WHERE text_id = :text_id;
