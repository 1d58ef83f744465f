-- Lets a rule's findings cover a window too. Returns no rows.
UPDATE rule
SET window_start = min(coalesce(window_start, :window_start), :window_start),
  window_end = max(coalesce(window_end, :window_end), :window_end)
WHERE rule_id = :rule_id;
