-- Records that a device was looked at, up to the newest import. Returns no rows.
INSERT INTO device_review (device_id, state, reviewed_at, reviewed_by, comment, import_id)
VALUES (:device_id, :state, :reviewed_at, :reviewed_by, :comment, (SELECT max(import_id) FROM import))
ON CONFLICT (device_id) DO UPDATE
SET state = excluded.state,
  reviewed_at = excluded.reviewed_at,
  reviewed_by = excluded.reviewed_by,
  comment = excluded.comment,
  import_id = excluded.import_id;
