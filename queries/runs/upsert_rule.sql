-- Makes a rule known, or takes over its new name. Returns no rows.
INSERT INTO rule (published_id, name) VALUES (:published_id, :name)
ON CONFLICT (published_id) DO UPDATE SET name = excluded.name WHERE name <> excluded.name;
