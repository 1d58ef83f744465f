-- Writes what an analyst decides about a finding. Returns no rows.
UPDATE finding
SET status = :status,
  classification = :classification,
  determination = :determination,
  severity = :severity,
  assigned_to = :assigned_to,
  resolved_at = :resolved_at
WHERE finding_id = :finding_id;
