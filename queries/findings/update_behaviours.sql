-- Computes anew what those of a rule's evidence do whose events were filled in a span of completions. Returns no rows.
UPDATE evidence
SET behaviour = (
  SELECT behaviour(
    FileName,
    ProcessCommandLine,
    InitiatingProcessFileName,
    InitiatingProcessParentFileName,
    AccountDomain,
    AccountName
  )
  FROM DeviceProcessEvents AS published
  WHERE published.event_id = evidence.event_id
)
WHERE (finding_id, event_id) IN (
  SELECT finding.finding_id, event.event_id
  FROM event_completion AS completion
  JOIN process_event AS event USING (event_id)
  JOIN finding ON finding.rule_id = :rule_id AND finding.device_id = event.device_id
  WHERE completion.event_completion_id > :after
    AND completion.event_completion_id <= :until
);
