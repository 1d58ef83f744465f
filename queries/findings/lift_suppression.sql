-- Notes when a suppression was lifted, or that it is not. Returns no rows.
UPDATE suppression SET lifted_at = :lifted_at WHERE suppression_id = :suppression_id;
