-- Gives an event the hash of its whole content. Returns no rows.
UPDATE process_event SET content_hash = ?2 WHERE event_id = ?1;
