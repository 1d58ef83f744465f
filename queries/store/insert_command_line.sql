-- Adds one command line. Returns no rows.
INSERT INTO command_line (command_line_id, text) VALUES (:command_line_id, :text);
