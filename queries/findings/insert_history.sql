-- Records one change of one field. Returns no rows.
INSERT INTO history (
  operation_id,
  finding_id,
  device_id,
  hunt_id,
  rule_id,
  suppression_id,
  field,
  old,
  new,
  why,
  by_suppression_id
) VALUES (
  :operation_id,
  :finding_id,
  :device_id,
  :hunt_id,
  :rule_id,
  :suppression_id,
  :field,
  :old,
  :new,
  :why,
  :by_suppression_id
);
