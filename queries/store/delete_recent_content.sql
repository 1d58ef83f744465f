-- Forgets what imports met before the last ones, which together met enough. Returns no rows.
DELETE FROM recent_content
WHERE recent_content_id IN (
  SELECT recent_content_id
  FROM (
    SELECT recent_content_id, sum(length(keys)) OVER (ORDER BY recent_content_id DESC) - length(keys) AS later_bytes
    FROM recent_content
  )
  WHERE later_bytes >= :bytes
);
