-- The findings of which a suppression hides something, one row each, in their order.
SELECT DISTINCT finding_id
FROM evidence
WHERE suppression_id = :suppression_id
  AND is_hidden
ORDER BY finding_id;
