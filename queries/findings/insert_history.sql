-- Records one change of a finding. Returns no rows.
INSERT INTO history (finding_id, changed_at, changed_by, field, old, new, why)
VALUES (:finding_id, :changed_at, :changed_by, :field, :old, :new, :why);
