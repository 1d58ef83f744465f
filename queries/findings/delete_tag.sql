-- Takes a tag off a finding. Returns no rows.
DELETE FROM finding_tag WHERE finding_id = :finding_id AND tag = :tag;
