-- Takes back the note of an operation; the history keeps its text. Returns no rows.
DELETE FROM note
WHERE operation_id = :operation_id
  AND finding_id IS :finding_id
  AND hunt_id IS :hunt_id
  AND text = :text;
