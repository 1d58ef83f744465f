-- How many old events there are that arrived after the last that any rule looked at, one row. No finding holds them.
SELECT count(*) AS events
FROM process_event
WHERE event_id > (SELECT coalesce(max(looked_event_id), 0) FROM rule_version)
  AND time < :before;
