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
  concat(
    '[',
    concat_ws(',', json_object('column', 'FileName', 'operator', 'in~', 'needle', lower(FileName)), parents, words),
    ']'
  ) AS reasons
FROM (
  SELECT
    event_id,
    FileName,
    nullif(concat_ws(',',
      iif(InitiatingProcessFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe'),
        json_object('column', 'InitiatingProcessFileName', 'operator', 'in', 'needle', InitiatingProcessFileName), NULL),
      iif(startswith(InitiatingProcessFileName, 'tomcat'),
        json_object('column', 'InitiatingProcessFileName', 'operator', 'startswith', 'needle', 'tomcat'), NULL),
      iif(InitiatingProcessParentFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe'),
        json_object('column', 'InitiatingProcessParentFileName', 'operator', 'in', 'needle', InitiatingProcessParentFileName), NULL),
      iif(startswith(InitiatingProcessParentFileName, 'tomcat'),
        json_object('column', 'InitiatingProcessParentFileName', 'operator', 'startswith', 'needle', 'tomcat'), NULL)
    ), '') AS parents,
    nullif(concat_ws(',',
      iif(contains(ProcessCommandLine, '%temp%'),
        json_object('column', 'ProcessCommandLine', 'operator', 'contains', 'needle', '%temp%'), NULL),
      iif(has(ProcessCommandLine, 'wget'),
        json_object('column', 'ProcessCommandLine', 'operator', 'has', 'needle', 'wget'), NULL),
      iif(has(ProcessCommandLine, 'whoami'),
        json_object('column', 'ProcessCommandLine', 'operator', 'has', 'needle', 'whoami'), NULL),
      iif(has(ProcessCommandLine, 'certutil'),
        json_object('column', 'ProcessCommandLine', 'operator', 'has', 'needle', 'certutil'), NULL),
      iif(has(ProcessCommandLine, 'systeminfo'),
        json_object('column', 'ProcessCommandLine', 'operator', 'has', 'needle', 'systeminfo'), NULL),
      iif(has(ProcessCommandLine, 'ping'),
        json_object('column', 'ProcessCommandLine', 'operator', 'has', 'needle', 'ping'), NULL),
      iif(has(ProcessCommandLine, 'ipconfig'),
        json_object('column', 'ProcessCommandLine', 'operator', 'has', 'needle', 'ipconfig'), NULL),
      iif(has(ProcessCommandLine, 'timeout'),
        json_object('column', 'ProcessCommandLine', 'operator', 'has', 'needle', 'timeout'), NULL)
    ), '') AS words
  FROM DeviceProcessEvents
)
WHERE "in~"(FileName, '["cmd.exe", "powershell.exe"]')
  AND parents IS NOT NULL
  AND words IS NOT NULL;

-- What the published query returns of these events: one row a device. A value is the first that is not empty in the order
-- of time, where Kusto takes any; command lines are distinct and sorted, where Kusto stops at 128.
WITH ranked AS (
  SELECT
    *,
    first_value(Timestamp) OVER earliest AS first_time,
    first_value(FileName) OVER (filled_file ROWS UNBOUNDED PRECEDING) AS first_file_name,
    first_value(InitiatingProcessFileName) OVER (filled_initiating ROWS UNBOUNDED PRECEDING) AS first_initiating,
    first_value(InitiatingProcessParentFileName) OVER (filled_parent ROWS UNBOUNDED PRECEDING) AS first_parent
  FROM matched
  WINDOW
    earliest AS (
      PARTITION BY DeviceId ORDER BY ticks, ReportId, ProcessCommandLine, FileName, InitiatingProcessFileName, event_id
    ),
    filled_file AS (
      PARTITION BY DeviceId
      ORDER BY FileName = '', ticks, ReportId, ProcessCommandLine, FileName, InitiatingProcessFileName, event_id
    ),
    filled_initiating AS (
      PARTITION BY DeviceId
      ORDER BY InitiatingProcessFileName = '', ticks, ReportId, ProcessCommandLine, FileName,
        InitiatingProcessFileName, event_id
    ),
    filled_parent AS (
      PARTITION BY DeviceId
      ORDER BY InitiatingProcessParentFileName = '', ticks, ReportId, ProcessCommandLine, FileName,
        InitiatingProcessFileName, event_id
    )
)
SELECT
  DeviceId,
  min(first_time) AS any_Timestamp,
  min(first_time) AS any_Timestamp1,
  min(first_file_name) AS any_FileName,
  json_group_array(DISTINCT ProcessCommandLine ORDER BY ProcessCommandLine) AS set_ProcessCommandLine,
  min(first_initiating) AS any_InitiatingProcessFileName,
  min(first_parent) AS any_InitiatingProcessParentFileName
FROM ranked
GROUP BY DeviceId
ORDER BY DeviceId;
