-- Adds one account. Returns no rows.
INSERT INTO account (account_id, domain, name, sid, upn, object_id)
VALUES (:account_id, :domain, :name, :sid, :upn, :object_id);
