-- Whether the same was changed by a later operation that undoes nothing and is not undone, one row.
SELECT EXISTS (
  SELECT 1
  FROM history
  CROSS JOIN operation USING (operation_id) -- in this order: there may be many more operations than changes of one
  WHERE history.history_id > :history_id
    AND history.operation_id <> :operation_id
    AND history.finding_id IS :finding_id
    AND history.device_id IS :device_id
    AND history.hunt_id IS :hunt_id
    AND history.rule_id IS :rule_id
    AND history.suppression_id IS :suppression_id
    AND (:field IS NULL OR history.field = :field)
    AND (:value IS NULL OR :value IN (history.old, history.new))
    AND operation.undone_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM operation AS undoing WHERE undoing.undone_id = history.operation_id)
) AS has_change;
