-- id: 7fdc5f4a-700d-4713-abfc-181f02968726
-- version: 1
-- name: detect-suspicious-commands-initiated-by-web-server-processes
-- severity: medium
-- status: stable
-- tactics: Execution, Defense Evasion, Discovery
-- techniques: T1059.001, T1059.003, T1505.003, T1016, T1018, T1033, T1082, T1105
-- data_source: DeviceProcessEvents
-- lookback: 7d
-- hypothesis: Someone runs commands through a web server on this network: a web server process, or a child of
--   one, starts a shell that looks around, fetches a tool or works in the temporary folder.
-- description: A web server has little reason to start cmd.exe or powershell.exe. When it does, and the command
--   asks who and where it is (whoami, systeminfo, ipconfig, ping), fetches or decodes files (certutil, wget),
--   waits (timeout) or works in %temp%, a web shell or an exploited application is a likely cause. The published
--   query was written for the report on Operation Soft Cell. Parents are compared letter for letter as in the
--   published query, so W3WP.EXE is not found, while Tomcat9.exe is.
-- false_positives: Monitoring agents, deployment and health-check scripts that live in the web server's process
--   run the same words day after day: look for the same command line at regular times from the same account, and
--   ask the server's owner. Administrators who test connectivity with ping from an application console. Word
--   matches in paths, such as a folder called timeout. What cannot be told from the events: an encoded PowerShell
--   command hides its words, so nothing found is not proof of nothing there.
-- references: https://github.com/Azure/Azure-Sentinel/blob/master/Hunting%20Queries/Microsoft%20365%20Defender/Discovery/detect-suspicious-commands-initiated-by-web-server-processes.yaml
--   https://www.cybereason.com/blog/operation-soft-cell-a-worldwide-campaign-against-telecommunications-providers
SELECT
  event_id,
  matched_by,
  matched_conditions
FROM (
  SELECT
    event_id,
    FileName,
    concat_ws(', ',
      iif(InitiatingProcessFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe')
        OR startswith(InitiatingProcessFileName, 'tomcat'), 'parent', NULL),
      iif(InitiatingProcessParentFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe')
        OR startswith(InitiatingProcessParentFileName, 'tomcat'), 'grandparent', NULL)
    ) AS matched_by,
    concat_ws(', ',
      iif(contains(ProcessCommandLine, '%temp%'), 'contains %temp%', NULL),
      iif(has(ProcessCommandLine, 'wget'), 'has wget', NULL),
      iif(has(ProcessCommandLine, 'whoami'), 'has whoami', NULL),
      iif(has(ProcessCommandLine, 'certutil'), 'has certutil', NULL),
      iif(has(ProcessCommandLine, 'systeminfo'), 'has systeminfo', NULL),
      iif(has(ProcessCommandLine, 'ping'), 'has ping', NULL),
      iif(has(ProcessCommandLine, 'ipconfig'), 'has ipconfig', NULL),
      iif(has(ProcessCommandLine, 'timeout'), 'has timeout', NULL)
    ) AS matched_conditions
  FROM DeviceProcessEvents
)
WHERE "in~"(FileName, '["cmd.exe", "powershell.exe"]')
  AND matched_by <> ''
  AND matched_conditions <> '';
