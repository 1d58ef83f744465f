-- The columns of DeviceProcessEvents as a table would define them, one row each, in their order.
SELECT '"' || name || '" ' || iif(name = 'event_id', 'INTEGER PRIMARY KEY', type) AS definition
FROM pragma_table_info('DeviceProcessEvents')
ORDER BY cid;
