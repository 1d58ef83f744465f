-- A finding's distinct command lines that are not hidden, one row each with how often it occurs, in the order of the texts.
SELECT
  coalesce(command_line.text, '') AS command_line,
  count(*) AS events
FROM evidence
JOIN process_event USING (event_id)
LEFT JOIN command_line USING (command_line_id)
WHERE evidence.finding_id = :finding_id
  AND NOT evidence.is_hidden
GROUP BY command_line.text
ORDER BY command_line;
