-- Keeps a row that contradicts its event, unless the same is kept already. Returns no rows.
INSERT INTO conflict (event_id, import_id, line, columns, row)
VALUES (:event_id, :import_id, :line, :columns, :row)
ON CONFLICT DO NOTHING;
