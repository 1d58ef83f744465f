-- Gives a new case its secret. Returns no rows.
INSERT INTO case_info (case_info_id, content_key_secret) VALUES (1, randomblob(32)) ON CONFLICT DO NOTHING;
