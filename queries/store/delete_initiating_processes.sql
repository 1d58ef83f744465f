-- Removes initiating processes of a span of numbers. Returns no rows.
DELETE FROM initiating_process WHERE initiating_process_id >= ?1 AND initiating_process_id <= ?2;
