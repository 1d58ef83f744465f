-- Counts a content once more: how often it was counted before, one row.
INSERT INTO occurrence (content_hash, earlier)
VALUES (:content_hash, 0)
ON CONFLICT DO UPDATE SET earlier = earlier + 1
RETURNING earlier;
