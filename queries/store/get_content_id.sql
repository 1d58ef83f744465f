-- The number of the row with a content, one row at most.
SELECT content_id FROM content_key WHERE content_key = :content_key;
