-- An import's rows that contradict the case, one row each, in the order of the file.
SELECT line, event_id, columns, row FROM conflict WHERE import_id = :import_id ORDER BY line, conflict_id;
