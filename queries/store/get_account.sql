-- An account by its number, one row at most.
SELECT domain, name, sid, upn, object_id FROM account WHERE account_id = :account_id;
