-- Removes workspaces of a span of numbers. Returns no rows.
DELETE FROM workspace WHERE workspace_id >= ?1 AND workspace_id <= ?2;
