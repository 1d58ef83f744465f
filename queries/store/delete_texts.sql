-- Removes texts of a span of numbers. Returns no rows.
DELETE FROM text WHERE text_id >= ?1 AND text_id <= ?2;
