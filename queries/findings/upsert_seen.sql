-- Moves the mark of what an analyst has seen of a finding; never back. Returns no rows.
INSERT INTO seen (analyst, finding_id, run_id, history_id, seen_at)
VALUES (:analyst, :finding_id, :run_id, :history_id, :seen_at)
ON CONFLICT (analyst, finding_id) DO UPDATE
SET run_id = max(run_id, excluded.run_id),
  history_id = max(history_id, excluded.history_id),
  seen_at = excluded.seen_at;
