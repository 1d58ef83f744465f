-- Removes accounts of a span of numbers. Returns no rows.
DELETE FROM account WHERE account_id >= ?1 AND account_id <= ?2;
