-- Adds an event to a finding. Returns no rows.
INSERT INTO evidence (finding_id, event_id, rule_version_id, run_id, behaviour, suppression_id, is_hidden)
VALUES (:finding_id, :event_id, :rule_version_id, :run_id, :behaviour, :suppression_id, :is_hidden);
