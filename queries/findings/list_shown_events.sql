-- The events that a finding shows, one row each, in the order of arrival.
SELECT event_id FROM evidence WHERE finding_id = :finding_id AND NOT is_hidden ORDER BY event_id;
