-- A command line by its number, one row at most.
SELECT text FROM command_line WHERE command_line_id = :command_line_id;
