-- Tags a finding. Returns no rows.
INSERT INTO finding_tag (finding_id, tag) VALUES (:finding_id, :tag) ON CONFLICT DO NOTHING;
