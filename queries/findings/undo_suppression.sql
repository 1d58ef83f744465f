-- Takes a suppression back. Returns no rows.
UPDATE suppression SET is_undone = 1 WHERE suppression_id = :suppression_id;
