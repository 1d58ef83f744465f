-- Removes command lines of a span of numbers. Returns no rows.
DELETE FROM command_line WHERE command_line_id >= ?1 AND command_line_id <= ?2;
