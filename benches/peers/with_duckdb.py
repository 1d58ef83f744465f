"""Keeps process events in a DuckDB database and asks the question of the shipped rule.

    with_duckdb.py load STORE EXPORT     make the database from a CSV file
    with_duckdb.py add STORE EXPORT      insert the rows of a CSV file that are not there yet
    with_duckdb.py again STORE           only ask

Prints how many events there are, and how many devices and events the rule finds, as JSON.
"""

import json
import sys

import duckdb

# What makes an event the same event, with the types that must not be guessed.
KEY_TYPES = "{'DeviceId': 'VARCHAR', 'Timestamp': 'TIMESTAMP', 'ReportId': 'BIGINT'}"

LOAD = f"""
CREATE TABLE events AS
SELECT * FROM read_csv(?, header = true, types = {KEY_TYPES})
"""

ADD = f"""
INSERT INTO events BY NAME
SELECT * FROM read_csv(?, header = true, types = {KEY_TYPES}) AS new
WHERE NOT EXISTS (
  SELECT 1 FROM events AS old
  WHERE old.DeviceId = new.DeviceId AND old."Timestamp" = new."Timestamp" AND old.ReportId = new.ReportId
)
"""

RULE = r"""
SELECT
  DeviceId,
  count(*),
  min("Timestamp"),
  any_value(FileName),
  list(DISTINCT ProcessCommandLine),
  any_value(InitiatingProcessFileName),
  any_value(InitiatingProcessParentFileName)
FROM events
WHERE "Timestamp" > (SELECT max("Timestamp") FROM events) - INTERVAL 7 DAY
  AND (
    InitiatingProcessFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe')
    OR starts_with(lower(InitiatingProcessFileName), 'tomcat')
    OR InitiatingProcessParentFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe')
    OR starts_with(lower(InitiatingProcessParentFileName), 'tomcat')
  )
  AND lower(FileName) IN ('cmd.exe', 'powershell.exe')
  AND (
    contains(lower(ProcessCommandLine), '%temp%')
    OR regexp_matches(
      ProcessCommandLine,
      '(?i)(^|[^\pL\pN])(wget|whoami|certutil|systeminfo|ping|ipconfig|timeout)([^\pL\pN]|$)'
    )
  )
GROUP BY DeviceId
ORDER BY DeviceId
"""


def main(what, store, export=None):
    with duckdb.connect(store) as database:
        database.execute("SET TimeZone = 'UTC'")
        if what == "load":
            database.execute(LOAD, [export])
        elif what == "add":
            database.execute(ADD, [export])
        devices = database.execute(RULE).fetchall()
        events = database.execute("SELECT count(*) FROM events").fetchone()[0]
    print(json.dumps({"events": events, "devices": len(devices), "matches": sum(row[1] for row in devices)}))


main(*sys.argv[1:])
