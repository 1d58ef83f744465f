-- Whether an event is known by its content, one row.
SELECT EXISTS (SELECT 1 FROM process_event WHERE content_hash IS NOT NULL);
