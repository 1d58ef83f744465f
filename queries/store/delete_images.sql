-- Removes program files of a span of numbers. Returns no rows.
DELETE FROM image WHERE image_id >= ?1 AND image_id <= ?2;
