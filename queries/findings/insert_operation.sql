-- Records a command or a run that changes something. Returns no rows.
INSERT INTO operation (command, done_at, done_by, run_id, undone_id)
VALUES (:command, :done_at, :done_by, :run_id, :undone_id);
