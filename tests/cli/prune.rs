//! `huntcase prune`

use rusqlite::Connection;

use super::support::{DAYS, Folder, assert_expected, assert_formats_agree, csv_rows};

/// An export of `count` events on 4 May, a second apart, each with a command line of its own.
fn large_export(count: usize) -> String {
    let mut csv = "Timestamp,DeviceId,FileName,ProcessCommandLine,ReportId\n".to_owned();
    for number in 0..count {
        let (hour, minute, second) = (number / 3600 % 24, number / 60 % 60, number % 60);
        let line = format!("job {number} {}", "x".repeat(200));
        csv += &format!("2026-05-04T{hour:02}:{minute:02}:{second:02}Z,d7,job.exe,{line},{number}\n");
    }
    csv
}

#[test]
fn a_line_says_what_went_and_the_status_and_a_list_keep_it() {
    let folder = Folder::with_case();
    let mut said = folder.run(&["prune", "--before", "2026-05-06", "--dry-run"]).code(0).text();
    said += &folder.run(&["prune", "--before", "2026-05-06"]).code(0).text();
    said += &folder.run(&["prune", "--list"]).code(0).text();
    assert_expected("prune.txt", &said);
    let status = &folder.run(&["status", "--json"]).json()["status"];
    assert_eq!((&status["events"], &status["eventsPruned"]), (&53.into(), &27.into()));
    assert_eq!(status["prunedBefore"], "2026-05-06T00:00:00.0000000Z");
}

#[test]
fn all_formats_give_the_same_rows() {
    let folder = Folder::with_case();
    let tried = csv_rows(&folder.run(&["prune", "-n", "--before", "36h", "--format", "csv"]).code(0).stdout);
    assert_eq!((tried[0]["events"].as_str(), tried[0]["bytesGivenBack"].as_str()), ("24", ""));
    let done = folder.run(&["prune", "--before", "2026-05-06", "--json"]).code(0).json();
    assert_eq!((&done["prunes"][0]["events"], &done["prunes"][0]["prunedBy"]), (&27.into(), &"kim".into()));
    assert!(done["prunes"][0]["bytesGivenBack"].is_i64());
    assert_eq!(assert_formats_agree(&folder, &["prune", "--list"], "prunes").len(), 1);
}

#[test]
fn a_date_that_is_none_or_is_to_come_is_refused() {
    let folder = Folder::with_case();
    for arguments in [&["--before", "2026-06-01"][..], &["--before", "soon"], &[]] {
        folder.run(&[&["prune"], arguments].concat()).code(2);
    }
    assert_eq!(folder.run(&["prune", "--list"]).code(0).stdout, "");
}

#[test]
fn room_is_given_back_to_the_file_system() {
    let folder = Folder::with_case();
    folder.write("large.csv", large_export(5000));
    folder.run(&["ingest", "large.csv"]).code(0);
    let size = || std::fs::metadata(folder.path("case.db")).unwrap().len();
    let before = size();
    let done = folder.run(&["prune", "--before", "2026-05-05", "--json"]).code(0).json();
    assert!(size() < before / 2, "{before}, then {}", size());
    assert!(done["prunes"][0]["bytesGivenBack"].as_u64().unwrap() > before / 2, "{done}");
}

#[test]
fn somebody_who_reads_goes_on_and_room_is_given_back_later() {
    let folder = Folder::with_case();
    folder.write("large.csv", large_export(2000));
    folder.run(&["ingest", "large.csv"]).code(0);
    let reader = Connection::open(folder.path("case.db")).unwrap();
    let events = |reader: &Connection| {
        reader.query_row("SELECT count(*) FROM process_event", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    reader.execute_batch("BEGIN").unwrap();
    assert_eq!(events(&reader), 2053);
    let ran = folder.run(&["prune", "--before", "2026-05-05"]).code(0);
    assert!(ran.stderr.contains("others read the case"), "{}", ran.stderr);
    assert!(ran.stdout.starts_with("pruned 2,0") && !ran.stdout.contains("given back"), "{}", ran.stdout);
    assert_eq!(events(&reader), 2053, "what is read is one state of the case");
    reader.execute_batch("COMMIT").unwrap();
    assert!(events(&reader) < 53);
    let size = || std::fs::metadata(folder.path("case.db")).unwrap().len();
    let before = size();
    folder.run(&["prune", "--before", "2026-05-05"]).code(0);
    assert!(size() < before);
}

#[test]
fn hidden_evidence_is_held() {
    let folder = Folder::with_case();
    let mut add =
        vec!["suppress", "add", "--rule", "detect", "--device", "app02", "--command", "contains", "timeout"];
    add.extend(["--expires", "never", "--why", "the agent"]);
    folder.run(&add).code(0);
    let hidden = || folder.run(&["show", "F-1", "--format", "csv"]).code(0).stdout;
    hidden(); // to have seen it
    let before = hidden();
    assert!(csv_rows(&before).iter().any(|row| !row["hiddenBy"].is_empty()), "{before}");
    folder.run(&["prune", "--before", "2026-05-07"]).code(0);
    assert_eq!(hidden(), before);
}

#[test]
fn a_file_that_reaches_back_says_so_and_the_same_file_is_refused() {
    let folder = Folder::with_case();
    folder.run(&["prune", "--before", "2026-05-06"]).code(0);
    let same = folder.run(&["ingest", DAYS[0]]).code(0);
    assert!(same.stdout.contains("nothing new, the same file as import 1"), "{}", same.stdout);
    folder.write("again.csv", folder.read(DAYS[0]) + "\n");
    let words = "reaches back before 2026-05-06 00:00:00Z, where events were pruned";
    let json = folder.run(&["ingest", "again.csv", "--json"]).code(0);
    assert!(json.stderr.contains(words), "{}", json.stderr);
    folder.write("once more.csv", folder.read(DAYS[1]) + "\n");
    let table = folder.run(&["run", "once more.csv"]).code(0);
    assert!(table.stdout.contains(words), "{}", table.stdout);
}

#[test]
fn matches_that_a_window_left_out_are_not_pruned_and_taken_up_later() {
    let folder = Folder::new();
    folder.run(&["run", DAYS[0], DAYS[1], "--lookback", "1h"]).code(0);
    let outside = folder.run(&["findings", "--json"]).json()["limits"]["matchesOutside"].clone();
    assert!(outside.as_i64() > Some(2), "{outside}");
    folder.run(&["prune", "--before", "2026-05-06"]).code(0);
    assert_eq!(folder.run(&["findings", "--json"]).json()["limits"]["matchesOutside"], outside);
    let whole = folder.run(&["run", "--json"]).json();
    let events: i64 =
        whole["findings"].as_array().unwrap().iter().map(|of| of["eventsAdded"].as_i64().unwrap()).sum();
    assert_eq!(outside, events, "{whole}");
}
