-- Adds a note to a finding. Returns no rows.
INSERT INTO note (finding_id, noted_at, noted_by, text) VALUES (:finding_id, :noted_at, :noted_by, :text);
