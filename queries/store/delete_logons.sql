-- Removes logons of a span of numbers. Returns no rows.
DELETE FROM logon WHERE logon_id >= ?1 AND logon_id <= ?2;
