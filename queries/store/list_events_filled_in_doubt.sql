-- Events that a row filled which stands behind one that broke inside a text, one row each, in the order of their numbers.
SELECT DISTINCT completion.event_id
FROM event_completion AS completion
JOIN import USING (import_id)
WHERE import.recovered_after < completion.line
ORDER BY completion.event_id;
