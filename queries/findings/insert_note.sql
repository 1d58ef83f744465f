-- Adds a note to a finding or a hunt. Returns no rows.
INSERT INTO note (operation_id, finding_id, hunt_id, text) VALUES (:operation_id, :finding_id, :hunt_id, :text);
