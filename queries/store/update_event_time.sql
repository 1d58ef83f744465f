-- Gives an event the finer time that another export told. Returns no rows.
UPDATE process_event
SET time = ?2
WHERE event_id = ?1;
