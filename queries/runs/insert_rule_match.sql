-- Keeps a match, unless the version has it. A finding may hold the event already, because of another version of the rule.
-- Returns no rows.
INSERT INTO rule_match (rule_version_id, event_id, reason, is_evidence)
VALUES (
  :rule_version_id,
  :event_id,
  :reason,
  EXISTS (
    SELECT 1
    FROM evidence
    CROSS JOIN finding USING (finding_id) -- in this order: a rule may have very many findings
    CROSS JOIN rule_version ON rule_version.rule_id = finding.rule_id
    WHERE evidence.event_id = :event_id
      AND rule_version.rule_version_id = :rule_version_id
  )
)
ON CONFLICT DO NOTHING;
