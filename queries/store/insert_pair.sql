-- Adds a pair of events that may be one. Returns no rows.
INSERT INTO pair (unit, fine_time, coarse_id, fine_id)
VALUES (:unit, :fine_time, :coarse_id, :fine_id);
