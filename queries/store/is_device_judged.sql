-- Whether a person, or a rule, said something of a device that has to stay with it, one row.
SELECT
  EXISTS (SELECT 1 FROM finding WHERE device_id = ?1)
  OR EXISTS (SELECT 1 FROM suppression WHERE device_id = ?1)
  OR EXISTS (SELECT 1 FROM history WHERE device_id = ?1)
  OR EXISTS (SELECT 1 FROM device_review WHERE device_id = ?1);
