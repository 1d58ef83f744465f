-- Records that a row filled an event. Returns no rows.
INSERT INTO event_completion (event_id, import_id, line) VALUES (:event_id, :import_id, :line);
