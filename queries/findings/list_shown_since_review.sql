-- Reviews since which evidence shows that was hidden then, one row a hunt and device, in their order: what was first done
-- with it since was to show it, and so was what was last done.
SELECT DISTINCT review.hunt_id, review.device_id
FROM device_review AS review
JOIN rule ON rule.hunt_id = review.hunt_id
JOIN finding ON finding.rule_id = rule.rule_id AND finding.device_id = review.device_id
JOIN history AS hiding ON hiding.history_id = (
  SELECT min(first.history_id)
  FROM history AS first
  WHERE first.finding_id = finding.finding_id
    AND first.history_id > review.history_id
    AND first.field = 'hiddenBy'
)
WHERE hiding.new = ''
  AND (
    SELECT last.new
    FROM history AS last
    WHERE last.finding_id = finding.finding_id
      AND last.field = 'hiddenBy'
    ORDER BY last.history_id DESC
    LIMIT 1
  ) = ''
ORDER BY review.hunt_id, review.device_id;
