-- Keeps the newest text of a version, whose head and comments may have changed. Returns no rows.
UPDATE rule_version
SET text = :text
WHERE rule_id = (SELECT rule_id FROM rule WHERE published_id = :published_id)
  AND sha256 = :sha256
  AND text <> :text;
