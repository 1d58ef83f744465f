-- Keeps one row that is no event. Returns no rows.
INSERT INTO reject (import_id, line, reason, raw) VALUES (:import_id, :line, :reason, :raw);
