-- Open findings of a rule of whose evidence a version of it no longer matches any: one row a finding, in their order.
SELECT finding.finding_id
FROM finding
WHERE finding.rule_id = :rule_id
  AND finding.status <> 'resolved'
  AND finding.events > 0
  AND NOT EXISTS (
    SELECT 1
    FROM evidence
    JOIN rule_match ON rule_match.rule_version_id = :rule_version_id AND rule_match.event_id = evidence.event_id
    WHERE evidence.finding_id = finding.finding_id
      AND NOT evidence.is_hidden
      AND rule_match.holds
  )
ORDER BY finding.finding_id;
