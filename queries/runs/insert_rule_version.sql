-- Makes a rule's text known, unless it is. Returns no rows.
INSERT INTO rule_version (rule_id, sha256, text, first_run_at)
SELECT rule_id, :sha256, :text, :first_run_at FROM rule WHERE published_id = :published_id
ON CONFLICT DO NOTHING;
