-- Takes away a row that was staged for comparison under a number below 0. Returns no rows.
DELETE FROM process_event WHERE event_id = :event_id AND event_id < 0;
