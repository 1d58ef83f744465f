-- The newest finding, one row, 0 when there is none.
SELECT coalesce(max(finding_id), 0) AS finding_id FROM finding;
