-- What decides whether a new event is more of the same and whether a suppression covers it, one row.
SELECT
  ProcessCommandLine AS command_line,
  AccountDomain AS account_domain,
  AccountName AS account_name,
  behaviour(
    FileName,
    ProcessCommandLine,
    InitiatingProcessFileName,
    InitiatingProcessParentFileName,
    AccountDomain,
    AccountName
  ) AS behaviour
FROM DeviceProcessEvents
WHERE event_id = :event_id;
