-- Whether an event that is neither of two has a key, one row.
SELECT EXISTS (
  SELECT 1
  FROM process_event
  WHERE device_id = :device_id
    AND time = :time
    AND report_id = :report_id
    AND event_id NOT IN (:kept_id, :gone_id)
);
