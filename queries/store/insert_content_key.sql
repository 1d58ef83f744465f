-- Makes one row findable by its content. Returns no rows.
INSERT INTO content_key (content_key, content_id) VALUES (:content_key, :content_id);
