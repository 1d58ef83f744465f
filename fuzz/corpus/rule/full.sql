-- id: a-1
-- name: rule
-- severity: high
-- hypothesis: someone
--   asks who he is
-- version: 2
-- status: test
-- description: what it finds
-- tactics: Discovery, Execution
-- techniques: T1033, T1059.003
-- data_source: DeviceProcessEvents
-- lookback: 36h
-- false_positives: agents
-- references: https://a.example
--   https://b.example

SELECT event_id FROM DeviceProcessEvents WHERE "in~"(FileName, '["cmd.exe", "whoami.exe"]')
