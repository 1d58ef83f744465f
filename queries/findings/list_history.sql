-- A finding's changes, one row each, in the order in which they were made.
SELECT changed_at, changed_by, field, old, new, why
FROM history
WHERE finding_id = :finding_id
ORDER BY history_id;
