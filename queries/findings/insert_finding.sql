-- Makes a finding without evidence, which is not raised yet. Returns no rows.
INSERT INTO finding (rule_id, device_id, episode, severity, first_activity, last_activity)
VALUES (
  :rule_id,
  :device_id,
  (SELECT coalesce(max(episode), 0) + 1 FROM finding WHERE rule_id = :rule_id AND device_id = :device_id),
  :severity,
  :first_activity,
  :first_activity
);
