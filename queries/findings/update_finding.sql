-- Writes what an analyst or a run decides about a finding. Returns no rows.
UPDATE finding
SET created_at = :created_at,
  status = :status,
  classification = :classification,
  determination = :determination,
  verdict_until = :verdict_until,
  severity = :severity,
  assigned_to = :assigned_to,
  resolved_at = :resolved_at,
  resolved_events = :resolved_events,
  reopen_count = :reopen_count
WHERE finding_id = :finding_id;
