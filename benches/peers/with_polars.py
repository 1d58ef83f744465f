"""Keeps process events in a Parquet file with Polars and asks the question of the shipped rule.

    with_polars.py load STORE EXPORT     make the file from a CSV file
    with_polars.py add STORE EXPORT      write it again with the rows of a CSV file that are not there yet
    with_polars.py again STORE           only ask

Prints how many events there are, and how many devices and events the rule finds, as JSON.
"""

import json
import os
import sys
from datetime import timedelta

import polars as pl

# What makes an event the same event.
KEY = ["DeviceId", "Timestamp", "ReportId"]

WEB_SERVERS = ["w3wp.exe", "beasvc.exe", "httpd.exe"]
WORDS = r"(?i)%temp%|(^|[^\pL\pN])(wget|whoami|certutil|systeminfo|ping|ipconfig|timeout)([^\pL\pN]|$)"


def read_export(export):
    # Types are guessed from few rows, because guessing from more takes seconds.
    return pl.scan_csv(export, infer_schema_length=1000, try_parse_dates=True)


def add(store, export):
    old = pl.scan_parquet(store)
    # What is empty in one file may look like a text there.
    new = read_export(export).cast(old.collect_schema())
    both = pl.concat([old, new]).unique(subset=KEY, keep="any")
    both.sink_parquet(store + ".new")
    os.replace(store + ".new", store)


def is_web_server(column):
    return pl.col(column).is_in(WEB_SERVERS) | pl.col(column).str.to_lowercase().str.starts_with("tomcat")


def ask(store):
    events = pl.scan_parquet(store)
    newest, count = events.select(pl.col("Timestamp").max(), pl.len()).collect().row(0)
    devices = (
        events.filter(pl.col("Timestamp") > newest - timedelta(days=7))
        .filter(is_web_server("InitiatingProcessFileName") | is_web_server("InitiatingProcessParentFileName"))
        .filter(pl.col("FileName").str.to_lowercase().is_in(["cmd.exe", "powershell.exe"]))
        .filter(pl.col("ProcessCommandLine").str.contains(WORDS))
        .group_by("DeviceId")
        .agg(
            pl.len().alias("Events"),
            pl.col("Timestamp").min(),
            pl.col("FileName").first(),
            pl.col("ProcessCommandLine").unique(),
            pl.col("InitiatingProcessFileName").first(),
            pl.col("InitiatingProcessParentFileName").first(),
        )
        .sort("DeviceId")
        .collect()
    )
    return {"events": count, "devices": devices.height, "matches": int(devices["Events"].sum())}


def main(what, store, export=None):
    if what == "load":
        read_export(export).sink_parquet(store)
    elif what == "add":
        add(store, export)
    print(json.dumps(ask(store)))


main(*sys.argv[1:])
