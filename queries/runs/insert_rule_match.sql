-- Keeps a match, unless the version has it. Returns no rows.
INSERT INTO rule_match (rule_version_id, event_id, reason)
VALUES (:rule_version_id, :event_id, :reason)
ON CONFLICT DO NOTHING;
