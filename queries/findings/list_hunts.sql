-- Hunts, one row each, in the order in which they were opened.
SELECT * FROM hunt WHERE (:hunt_id IS NULL OR hunt_id = :hunt_id) ORDER BY hunt_id;
