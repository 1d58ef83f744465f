-- Whether a suppression hides a behaviour of a finding that the finding does not show, one row.
SELECT EXISTS (
  SELECT 1
  FROM evidence AS hidden
  WHERE hidden.finding_id = :finding_id
    AND hidden.suppression_id = :suppression_id
    AND hidden.is_hidden
    AND NOT EXISTS (
      SELECT 1
      FROM evidence AS shown
      WHERE shown.finding_id = hidden.finding_id
        AND shown.behaviour = hidden.behaviour
        AND NOT shown.is_hidden
    )
) AS has_novel;
