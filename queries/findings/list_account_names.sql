-- Accounts that events name, one row a domain and name, in the order of names.
SELECT DISTINCT domain, name
FROM account
WHERE name <> ''
ORDER BY name, domain;
