-- id: a-1
-- name: rule
-- severity: high
-- hypothesis: someone
--   asks who he is
SELECT event_id FROM DeviceProcessEvents; SELECT 1
