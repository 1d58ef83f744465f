-- Writes what is decided about a rule. Returns no rows.
UPDATE rule SET hunt_id = :hunt_id, reopen = :reopen WHERE rule_id = :rule_id;
