-- Keeps that a row repeats an event; whether it says all of it counts once one does. Returns no rows.
INSERT INTO repeated_event (event_id, import_id, is_whole)
VALUES (:event_id, :import_id, :is_whole)
ON CONFLICT DO UPDATE SET is_whole = max(is_whole, excluded.is_whole);
