-- Forgets which contents came lately, since some are no more: those that come again are kept anew. Returns no rows.
DELETE FROM recent_content;
