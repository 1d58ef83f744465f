-- Findings, one row each, latest activity first.
SELECT
  finding.*,
  rule.name AS rule_name,
  device.external_id AS device_external_id,
  device.name AS device_name,
  (
    SELECT json_group_array(tag ORDER BY tag)
    FROM finding_tag
    WHERE finding_tag.finding_id = finding.finding_id
  ) AS tags,
  (SELECT count(*) FROM note WHERE note.finding_id = finding.finding_id) AS notes
FROM finding
JOIN rule USING (rule_id)
JOIN device USING (device_id)
WHERE (:finding_id IS NULL OR finding.finding_id = :finding_id)
ORDER BY finding.last_activity DESC, finding.finding_id;
