-- Remembers the contents that an import met. Returns no rows.
INSERT INTO recent_content (contents, keys) VALUES (:contents, :keys);
