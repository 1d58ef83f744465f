-- A rule's matches in a window as its published query summarizes them: one row a device, in the order of DeviceId.
-- A value is the first that is not empty in the order of time; command lines are distinct and sorted.
WITH match AS (
  SELECT
    event.event_id,
    event.time,
    event.report_id,
    event.device_id,
    published.DeviceId,
    published.FileName,
    published.ProcessCommandLine,
    published.InitiatingProcessFileName,
    published.InitiatingProcessParentFileName
  FROM json_each(:event_ids) AS listed
  JOIN process_event AS event ON event.event_id = listed.value
  JOIN DeviceProcessEvents AS published ON published.event_id = event.event_id
  WHERE event.time > :window_start
    AND event.time <= :window_end
  GROUP BY event.event_id
),
ranked AS (
  SELECT
    *,
    first_value(time) OVER earliest AS first_time,
    first_value(FileName) OVER (filled_file ROWS UNBOUNDED PRECEDING) AS first_file_name,
    first_value(InitiatingProcessFileName) OVER (filled_initiating ROWS UNBOUNDED PRECEDING) AS first_initiating,
    first_value(InitiatingProcessParentFileName) OVER (filled_parent ROWS UNBOUNDED PRECEDING) AS first_parent
  FROM match
  WINDOW
    earliest AS (PARTITION BY device_id ORDER BY time, report_id, ProcessCommandLine, FileName, InitiatingProcessFileName, event_id),
    filled_file AS (PARTITION BY device_id ORDER BY FileName = '', time, report_id, ProcessCommandLine, FileName, InitiatingProcessFileName, event_id),
    filled_initiating AS (PARTITION BY device_id ORDER BY InitiatingProcessFileName = '', time, report_id, ProcessCommandLine, FileName, InitiatingProcessFileName, event_id),
    filled_parent AS (
      PARTITION BY device_id ORDER BY InitiatingProcessParentFileName = '', time, report_id, ProcessCommandLine, FileName, InitiatingProcessFileName, event_id
    )
)
SELECT
  DeviceId AS device_id,
  min(first_time) AS time,
  min(first_file_name) AS file_name,
  json_group_array(DISTINCT ProcessCommandLine ORDER BY ProcessCommandLine) AS command_lines,
  min(first_initiating) AS initiating_file_name,
  min(first_parent) AS parent_file_name
FROM ranked
GROUP BY ranked.device_id
ORDER BY DeviceId, ranked.device_id;
