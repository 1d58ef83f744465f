-- Forgets what was counted. Returns no rows.
DELETE FROM occurrence;
