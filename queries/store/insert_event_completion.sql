-- Records that a row filled an event, under a number that none had before. Returns no rows.
INSERT INTO event_completion (event_completion_id, event_id, import_id, line)
SELECT coalesce(max(number), 0) + 1, :event_id, :import_id, :line
FROM (
  SELECT max(event_completion_id) AS number FROM event_completion
  UNION ALL
  SELECT number FROM last_number WHERE table_name = 'event_completion'
);
