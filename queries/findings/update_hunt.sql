-- Writes what is decided about a hunt. Returns no rows.
UPDATE hunt
SET name = :name,
  hypothesis = :hypothesis,
  status = :status,
  hypothesis_status = :hypothesis_status,
  lookback = :lookback,
  reopen = :reopen,
  owner = :owner
WHERE hunt_id = :hunt_id;
