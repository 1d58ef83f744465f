-- Forgets where contents are kept, since some are no more: those that come again are kept anew. Devices never go, and
-- their keys stay; keys do not say of which table they are. Returns no rows.
DELETE FROM content_key WHERE content_id > (SELECT coalesce(max(device_id), 0) FROM device);
