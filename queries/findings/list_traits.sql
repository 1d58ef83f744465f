-- What a finding shows, one row a distinct command line and account, in their order.
SELECT DISTINCT
  published.ProcessCommandLine AS command_line,
  published.AccountDomain AS account_domain,
  published.AccountName AS account_name
FROM evidence
JOIN DeviceProcessEvents AS published USING (event_id)
WHERE evidence.finding_id = :finding_id
  AND NOT evidence.is_hidden
ORDER BY command_line, account_domain, account_name;
