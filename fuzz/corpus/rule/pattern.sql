-- id: a-1
-- name: rule
-- severity: high
-- hypothesis: someone
--   asks who he is
SELECT event_id, FileName FROM DeviceProcessEvents WHERE "matches regex"(ProcessCommandLine, '(?i)who.mi|ip[a-z]+')
