-- Adds an import's new events to their device's numbers. Returns no rows.
UPDATE device
SET events = events + :events,
  first_event = min(coalesce(first_event, :first_event), coalesce(:first_event, first_event)),
  last_event = max(coalesce(last_event, :last_event), coalesce(:last_event, last_event)),
  last_import_id = :import_id,
  -- Of two names at one time the greater counts, so that the order of files does not.
  name = CASE WHEN :named_at IS NOT NULL AND (named_at IS NULL OR (:named_at, :name) > (named_at, name))
    THEN :name ELSE name END,
  named_at = max(coalesce(named_at, :named_at), coalesce(:named_at, named_at))
WHERE device_id = :device_id;
