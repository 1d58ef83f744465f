//! `huntcase status`

use super::support::{DAYS, Folder, assert_expected, csv_rows, export_of, lack_parents};

#[test]
fn what_the_case_holds_is_said() {
    let folder = Folder::with_case();
    folder.run(&["set", "F-1", "--status", "in-progress"]).code(0);
    assert_expected("status.txt", &folder.run(&["status"]).code(0).text());
}

#[test]
fn what_rules_could_not_judge_stands_there_a_line_a_rule() {
    let folder = Folder::with_case();
    lack_parents(&folder);
    let said = folder.run(&["status"]).code(0).stdout;
    let expected = "Not looked at         could not judge 53 events, whose exports lack InitiatingProcessParentFileName: \
                    detect-suspicious-commands-initiated-by-web-server-processes; taking in a fuller export";
    assert_eq!(said.lines().filter(|line| line.starts_with(expected)).count(), 1, "{said}");
    let csv = csv_rows(&folder.run(&["status", "--format", "csv"]).code(0).stdout);
    let json = folder.run(&["status", "--json"]).code(0).json();
    assert_eq!(csv[0]["limits"], json["status"]["limits"].to_string());
}

#[test]
fn all_formats_give_the_same_values() {
    let folder = Folder::with_case();
    let json = folder.run(&["status", "--json"]).code(0).json();
    assert_eq!(json["schema_version"], 1);
    assert_eq!((&json["status"]["events"], &json["status"]["rowsRejected"]), (&53.into(), &1.into()));
    let lines = folder.run(&["status", "--format", "jsonl"]).code(0).stdout;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&lines).unwrap(), json["status"]);
    let csv = csv_rows(&folder.run(&["status", "--format", "csv"]).code(0).stdout);
    assert_eq!(csv.len(), 1);
    assert_eq!(csv[0]["lastEvent"], json["status"]["lastEvent"]);
}

/// An export with an event of each of these devices and times.
fn events_of(events: &[(&str, &str)]) -> String {
    let row = |(number, (device, time)): (usize, &(&str, &str))| {
        format!("{time},{device},{device}.example.com,notepad.exe,4,{number}\n")
    };
    let rows: String = events.iter().enumerate().map(row).collect();
    format!("Timestamp,DeviceId,DeviceName,FileName,ProcessId,ReportId\n{rows}")
}

/// A case whose devices have holes and silence, and whose imports leave a span out. One clock is ahead.
fn case_with_holes() -> Folder {
    let folder = Folder::new();
    let first = [
        ("d1", "2026-05-01T08:00:00Z"),
        ("d2", "2026-05-01T09:00:00Z"),
        ("d3", "2026-05-02T10:00:00Z"),
        ("d1", "2026-05-02T11:00:00Z"),
    ];
    let second =
        [("d1", "2026-05-05T08:00:00Z"), ("d2", "2026-05-06T09:00:00Z"), ("d1", "2026-05-06T10:00:00Z")];
    folder.write("first.csv", events_of(&first) + "half a row\n");
    folder.write("second.csv", events_of(&second));
    folder.write("ahead.csv", events_of(&[("d2", "2026-05-06T09:30:00Z"), ("d4", "2031-01-01T00:00:00Z")]));
    folder.run(&["run", "first.csv", "second.csv"]).code(0);
    folder.run(&["ingest", "ahead.csv"]).code(0);
    folder
}

#[test]
fn days_devices_and_rules_say_where_nothing_was_looked_at() {
    let folder = case_with_holes();
    assert_expected("status_holes.txt", &folder.run(&["status"]).code(0).text());
    assert_expected("status_coverage.txt", &folder.run(&["status", "--coverage"]).code(0).text());
    let days = folder.run(&["status", "--coverage", "days"]).code(0).stdout;
    assert!(days.contains("\nDays\n") && !days.contains("\nDevices\n"), "{days}");
    folder.run(&["status", "--coverage", "hours"]).code(2);
}

#[test]
fn coverage_as_rows_is_what_json_has_of_it() {
    let folder = case_with_holes();
    let whole = folder.run(&["status", "--json"]).code(0).json();
    for (part, rows) in [("devices", 4), ("days", 5)] {
        let ask = |format| folder.run(&["status", "--coverage", part, "--format", format]).code(0).stdout;
        let lines: Vec<serde_json::Value> =
            ask("jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(&lines, whole["coverage"][part].as_array().unwrap(), "{part}");
        assert_eq!((lines.len(), csv_rows(&ask("csv")).len()), (rows, rows), "{part}");
    }
    let devices = folder.run(&["status", "--coverage", "--format", "csv"]).code(0).stdout;
    assert_eq!(csv_rows(&devices)[0]["eventsAhead"], "1", "the device that has not spoken yet comes first");
    let d2 = csv_rows(&devices).into_iter().find(|row| row["deviceId"] == "d2").unwrap();
    assert_eq!((d2["daysWithEvents"].as_str(), d2["daysOfCase"].as_str()), ("2", "6"));
    assert_eq!(d2["longestHole"], r#"{"days":4,"from":"2026-05-02","to":"2026-05-05"}"#);
    assert_eq!(folder.run(&["status", "--gaps", "--json"]).code(0).json(), whole, "it has all in any case");
}

#[test]
fn spans_without_an_import_are_listed() {
    let folder = case_with_holes();
    assert_expected("status_gaps.txt", &folder.run(&["status", "--gaps"]).code(0).text());
    let rows = csv_rows(&folder.run(&["status", "--gaps", "--format", "csv"]).code(0).stdout);
    let gap = &rows[0];
    assert_eq!((rows.len(), gap["seconds"].as_str(), gap["importAfter"].as_str()), (1, "248400", "2"));
    let whole = folder.run(&["status", "--json"]).code(0).json();
    assert_eq!(whole["gaps"][0]["from"], "2026-05-02T11:00:00.0000000Z");
    assert_eq!(whole["partialImports"][0]["why"], serde_json::json!(["1 row rejected"]));
    folder.run(&["status", "--gaps", "--coverage"]).code(2);
}

#[test]
fn without_a_gap_it_is_said_from_when_to_when() {
    let folder = Folder::new();
    folder.run(&["ingest", DAYS[0], DAYS[1]]).code(0);
    let said = folder.run(&["status", "--gaps"]).code(0);
    let words = "no span between 2026-05-04 06:02:11Z and 2026-05-05 23:48:20Z is without an import\n";
    assert!(said.stdout.is_empty() && said.stderr.starts_with(words), "{}", said.text());
}

#[test]
fn of_many_days_and_devices_the_worst_are_shown_and_where_all_are() {
    let folder = Folder::new();
    let mut text = events_of(&[]);
    for day in 0..40 {
        for device in 0..25 {
            // Device 7 is silent on day 20, device 9 from day 30 on.
            if (device, day) != (7, 20) && (device != 9 || day < 30) {
                let (month, day) = (3 + day / 30, 1 + day % 30);
                text += &format!("2026-{month:02}-{day:02}T08:00:00Z,d{device},d{device},a.exe,4,{device}\n");
            }
        }
    }
    folder.write("many.csv", text);
    folder.run(&["ingest", "many.csv"]).code(0);
    let rows =
        |said: &str| said.lines().filter(|line| line.starts_with("2026-") || line.starts_with('d')).count();
    let short = folder.run(&["status"]).code(0).stdout;
    assert_eq!(rows(&short), 20, "{short}");
    assert!(short.contains("\nall days and devices: huntcase status --coverage\n"), "{short}");
    let list = |title: &str| {
        let from = short.find(&format!("\n{title}")).expect(title);
        let mut rows =
            short[from..].lines().filter(|line| line.starts_with("2026-") || line.starts_with('d'));
        [rows.next().unwrap(), rows.next().unwrap()].map(|row| row.split(' ').next().unwrap())
    };
    // The last of March is a day without any event.
    assert_eq!(list("Days, the worst 10"), ["2026-03-31", "2026-03-21"], "{short}");
    assert_eq!(list("Devices, the 10"), ["d9", "d7"], "{short}");
    let long = folder.run(&["status", "--coverage"]).code(0).stdout;
    assert_eq!(rows(&long), 66, "{long}");
}

#[test]
fn a_rule_says_up_to_which_event_and_time_it_was_asked() {
    let folder = Folder::new();
    let mine = "-- id: mine\n-- name: mine\n-- severity: low\n-- hypothesis: x\n\
                SELECT event_id FROM DeviceProcessEvents WHERE \"matches regex\"(FileName, AccountName)\n";
    folder.write("rules/mine.sql", mine);
    folder.write(
        "broken.csv",
        export_of(&["whoami"]).replace("ReportId", "AccountName").replace(",0\n", ",(\n"),
    );
    folder.run(&["run", DAYS[0]]).code(0);
    folder.run(&["run", "broken.csv", "--rules", "rules"]).code(4);
    folder.run(&["ingest", DAYS[1]]).code(0);
    let rules = folder.run(&["status", "--json"]).code(0).json()["rules"].clone();
    let of = |rule: usize| {
        let rule = &rules[rule];
        (rule["eventsAsked"].clone(), rule["eventsUnasked"].clone(), rule["askedUntil"].clone())
    };
    assert_eq!(of(0), (22.into(), 19.into(), "2026-05-04T22:30:00.8238145Z".into()), "{rules}");
    assert_eq!(of(1), (0.into(), 41.into(), serde_json::Value::Null), "{rules}");
    assert!(rules[1]["failure"].as_str().unwrap().contains("regular expression"), "{rules}");
    let said = folder.run(&["status"]).code(0).stdout;
    assert!(said.contains("failed: "), "{said}");
    folder.run(&["hunt", "close", "mine"]).code(0);
    folder.run(&["run"]).code(0);
    let said = folder.run(&["status"]).code(0).stdout;
    assert!(said.contains("not run since run 2; failed: "), "{said}");
    folder.run(&["run", "--as-of", "2026-05-04T12:00:00Z"]).code(0);
    let rules = folder.run(&["status", "--json"]).code(0).json()["rules"].clone();
    assert_eq!((&rules[0]["eventsUnasked"], &rules[0]["isOfLastRun"]), (&0.into(), &true.into()), "{rules}");
}

#[test]
fn a_window_that_ends_early_bounds_what_was_asked() {
    let folder = Folder::new();
    folder.run(&["run", DAYS[0], DAYS[1], "--as-of", "2026-05-04T12:00:00Z", "--lookback", "7d"]).code(0);
    let rule = folder.run(&["status", "--json"]).code(0).json()["rules"][0].clone();
    assert_eq!((&rule["eventsAsked"], &rule["eventsUnasked"]), (&40.into(), &0.into()));
    assert_eq!(rule["askedUntil"], "2026-05-04T12:00:00.0000000Z");
    assert_eq!(rule["windowStart"], "2026-04-27T12:00:00.0000000Z");
}

#[test]
fn days_that_were_pruned_are_not_looked_at() {
    let folder = Folder::with_case();
    folder.run(&["prune", "--before", "2026-05-06"]).code(0);
    let said = folder.run(&["status", "--coverage"]).code(0).stdout;
    assert!(
        said.contains("\nNot looked at       before 2026-05-06 00:00:00Z, where events were pruned\n"),
        "{said}"
    );
    let whole = folder.run(&["status", "--json"]).code(0).json();
    let days: Vec<_> = whole["coverage"]["days"].as_array().unwrap().iter().map(|day| &day["day"]).collect();
    assert_eq!(days, ["2026-05-06"]);
}
