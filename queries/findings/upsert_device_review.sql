-- Records that a device was looked at in a hunt. Returns no rows.
INSERT INTO device_review (
  hunt_id,
  device_id,
  state,
  reviewed_at,
  reviewed_by,
  comment,
  import_id,
  run_id,
  history_id,
  rules_sha256,
  window_end
) VALUES (
  :hunt_id,
  :device_id,
  :state,
  :reviewed_at,
  :reviewed_by,
  :comment,
  :import_id,
  :run_id,
  :history_id,
  :rules_sha256,
  :window_end
)
ON CONFLICT (hunt_id, device_id) DO UPDATE
SET state = excluded.state,
  reviewed_at = excluded.reviewed_at,
  reviewed_by = excluded.reviewed_by,
  comment = excluded.comment,
  import_id = excluded.import_id,
  run_id = excluded.run_id,
  history_id = excluded.history_id,
  rules_sha256 = excluded.rules_sha256,
  window_end = excluded.window_end;
