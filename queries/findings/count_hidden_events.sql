-- How many events suppressions hide in a hunt, or in all, one row.
SELECT coalesce(sum(finding.hidden_events), 0) AS events
FROM finding
JOIN rule USING (rule_id)
WHERE (:hunt_id IS NULL OR rule.hunt_id = :hunt_id);
