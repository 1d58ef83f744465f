-- Forgets what imports met before the last ones, which together met enough. Returns no rows.
DELETE FROM recent_content
WHERE recent_content_id IN (
  SELECT recent_content_id
  FROM (
    SELECT recent_content_id, sum(contents) OVER (ORDER BY recent_content_id DESC) - contents AS later_contents
    FROM recent_content
  )
  WHERE later_contents >= :enough
);
