-- Reviews since which evidence shows that was hidden then, one row a hunt and device, in their order: of what one
-- suppression hid of a finding, the first that was done since was to show it, and so was the last.
SELECT DISTINCT review.hunt_id, review.device_id
FROM device_review AS review
JOIN rule ON rule.hunt_id = review.hunt_id
JOIN finding ON finding.rule_id = rule.rule_id AND finding.device_id = review.device_id
JOIN history AS shown ON shown.finding_id = finding.finding_id
WHERE shown.history_id > review.history_id
  AND shown.field = 'hiddenBy'
  AND shown.new = ''
  AND NOT EXISTS (
    SELECT 1
    FROM history AS earlier
    WHERE earlier.finding_id = finding.finding_id
      AND earlier.history_id > review.history_id
      AND earlier.history_id < shown.history_id
      AND earlier.field = 'hiddenBy'
      AND shown.old IN (earlier.old, earlier.new)
  )
  AND (
    SELECT last.new
    FROM history AS last
    WHERE last.finding_id = finding.finding_id
      AND last.field = 'hiddenBy'
      AND shown.old IN (last.old, last.new)
    ORDER BY last.history_id DESC
    LIMIT 1
  ) = ''
ORDER BY review.hunt_id, review.device_id;
