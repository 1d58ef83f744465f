-- Adds one workspace. Returns no rows.
INSERT INTO workspace (workspace_id, tenant_id, machine_group, source_system, table_type, is_billable)
VALUES (:workspace_id, :tenant_id, :machine_group, :source_system, :table_type, :is_billable);
