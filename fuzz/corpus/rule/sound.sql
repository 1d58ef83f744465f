-- id: a-1
-- name: rule
-- severity: high
-- hypothesis: someone
--   asks who he is
SELECT event_id, ProcessCommandLine
FROM DeviceProcessEvents
WHERE has(ProcessCommandLine, 'whoami');
