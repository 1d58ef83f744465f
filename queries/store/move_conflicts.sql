-- Gives the rows that contradict an event to the one that it is one with; what contradicts both alike is kept once.
-- Returns no rows.
UPDATE OR REPLACE conflict SET event_id = ?1 WHERE event_id = ?2;
