-- Changes, one row each, in the order in which they were made.
SELECT *
FROM change
WHERE (:finding_id IS NULL OR finding_id = :finding_id)
  AND (:hunt_id IS NULL OR hunt_id = :hunt_id OR (field = 'hunt' AND 'H-' || :hunt_id IN (old, new)))
  AND (:suppression_id IS NULL OR suppression_id = :suppression_id)
  AND (:rule_id IS NULL OR rule_id = :rule_id)
  AND (:device_id IS NULL OR device_id = :device_id)
  AND (:done_by IS NULL OR done_by = :done_by)
  AND (:since IS NULL OR done_at >= :since)
ORDER BY history_id;
