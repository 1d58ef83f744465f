-- Makes a hunt that has no name yet. Returns no rows.
INSERT INTO hunt (name, hypothesis, status, hypothesis_status, reopen, owner, opened_at)
VALUES ('', '', 'new', 'unknown', 'novel', '', :opened_at);
