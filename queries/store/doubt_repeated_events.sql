-- Takes back that rows say all of the events that an import's recovered rows filled. Returns no rows.
UPDATE repeated_event
SET is_whole = 0
WHERE event_id IN (
  SELECT completion.event_id
  FROM event_completion AS completion
  WHERE completion.import_id = :import_id
    AND completion.line > :recovered_after
);
