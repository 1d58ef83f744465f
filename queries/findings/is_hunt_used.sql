-- Whether devices were reviewed in a hunt, or comments written, one row.
SELECT
  EXISTS (SELECT 1 FROM device_review WHERE hunt_id = :hunt_id)
  OR EXISTS (SELECT 1 FROM note WHERE hunt_id = :hunt_id) AS is_used;
