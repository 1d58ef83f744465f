-- Raises a finding without evidence. Returns no rows.
INSERT INTO finding (rule_id, device_id, severity, first_activity, last_activity, created_at)
VALUES (:rule_id, :device_id, :severity, :first_activity, :first_activity, :created_at);
