-- A workspace by its number, one row at most.
SELECT tenant_id, machine_group, source_system, table_type, is_billable
FROM workspace
WHERE workspace_id = :workspace_id;
