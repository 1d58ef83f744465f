-- id: a-1
-- name: rule
-- severity: high
-- hypothesis: someone
--   asks who he is
DELETE FROM process_event
