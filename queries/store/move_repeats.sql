-- Gives the rows that repeat an event to the one that it is one with. Returns no rows.
UPDATE OR REPLACE repeated_event SET event_id = ?1 WHERE event_id = ?2;
