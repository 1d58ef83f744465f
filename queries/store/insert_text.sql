-- Adds one text. Returns no rows.
INSERT INTO text (text_id, text) VALUES (:text_id, :text);
