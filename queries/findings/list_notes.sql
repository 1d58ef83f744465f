-- The notes of a finding or a hunt, one row each, in the order in which they were written.
SELECT operation.done_at, operation.done_by, note.text
FROM note
JOIN operation USING (operation_id)
WHERE note.finding_id IS :finding_id
  AND note.hunt_id IS :hunt_id
ORDER BY note.note_id;
