-- Gives what is kept of an event to the one that it is one with. Returns no rows.
UPDATE event_completion SET event_id = ?1 WHERE event_id = ?2;
