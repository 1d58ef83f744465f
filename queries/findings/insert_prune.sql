-- Records a removal of events. Returns no rows.
INSERT INTO prune (operation_id, removed_before, events, events_unlooked, events_held, rows_removed)
VALUES (:operation_id, :removed_before, :events, :events_unlooked, :events_held, :rows_removed);
