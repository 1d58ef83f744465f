-- Events of imports that lack columns, which later imports filled or repeated: one row an import and the later ones
-- that these of its events came in, with how many they are.
SELECT
  import_id,
  later_imports,
  count(*) AS events
FROM (
  SELECT
    import.import_id,
    json_group_array(later.import_id ORDER BY later.import_id) AS later_imports
  FROM (
    SELECT event_id, import_id FROM event_completion
    UNION
    SELECT event_id, import_id FROM repeated_event
  ) AS later
  JOIN process_event AS event ON event.event_id = later.event_id
  JOIN import ON import.import_id = event.import_id
  WHERE import.lacking <> '[]'
  GROUP BY later.event_id
)
GROUP BY import_id, later_imports
ORDER BY import_id, later_imports;
