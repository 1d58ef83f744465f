-- A finding's notes, one row each, in the order in which they were written.
SELECT noted_at, noted_by, text FROM note WHERE finding_id = :finding_id ORDER BY note_id;
