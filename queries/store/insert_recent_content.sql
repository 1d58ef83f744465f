-- Remembers the contents that an import met. Returns no rows.
INSERT INTO recent_content (keys) VALUES (:keys);
