-- A rule's number by its published id, one row at most.
SELECT rule_id FROM rule WHERE published_id = ?1;
