//! Who judges is told what rests on rows recovered behind a broken one.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use rusqlite::Connection;

use super::support::{DAYS, Folder, csv_rows};

const NOTICE: &str = "F-1, F-2 rest on rows recovered behind a broken one (huntcase show F-1)\n";

/// Says of a case's second import that its row of line 10 broke: two of the five events of F-2 stand behind it.
fn break_second_import(folder: &Folder) {
    let case = Connection::open(folder.path("case.db")).unwrap();
    case.execute("UPDATE import SET recovered_after = 10 WHERE import_id = 2", []).unwrap();
}

fn broken() -> Folder {
    let folder = Folder::with_case();
    break_second_import(&folder);
    folder
}

#[test]
fn show_says_it_at_the_top_and_beside_each_event() {
    let shown = broken().run(&["show", "F-2"]).code(0).stdout;
    let words: Vec<&str> = shown.lines().filter(|line| line.to_lowercase().contains("recovered")).collect();
    let expected = [
        "Recovered        2 of 5 events rest on rows recovered behind a broken one: look at the export before you judge",
        "    source   tests/fixtures/walk/2026-05-05.csv line 12, recovered behind the broken row of line 10",
        "    source   tests/fixtures/walk/2026-05-05.csv line 26, recovered behind the broken row of line 10",
    ];
    assert_eq!(words, expected);
    assert!(shown.find("Recovered") < shown.find("Command lines"), "{shown}");
}

#[test]
fn scripts_have_a_column_of_events_and_a_count_of_findings() {
    let folder = broken();
    let events = csv_rows(&folder.run(&["show", "F-2", "--format", "csv"]).code(0).stdout);
    let recovered: Vec<&str> = events.iter().map(|event| event["recovered"].as_str()).collect();
    assert_eq!(recovered, ["false", "false", "true", "true", "false"]);
    let shown = folder.run(&["show", "F-2", "--json"]).code(0).json();
    assert_eq!(shown["finding"]["eventsRecovered"], 2);
}

#[test]
fn a_table_of_findings_counts_it_only_where_there_is_some() {
    let heading =
        |folder: &Folder| folder.run(&["findings"]).code(0).stdout.lines().next().unwrap().to_owned();
    assert!(heading(&broken()).contains("Recovered"));
    assert!(!heading(&Folder::with_case()).contains("Recovered"));
}

#[test]
fn a_verdict_is_set_and_the_findings_are_named() {
    let folder = broken();
    let verdict = ["set", "F-1", "F-2", "F-3", "--verdict", "tp"];
    let tried = folder.run(&[&verdict[..], &["--dry-run"]].concat()).code(0).stderr;
    assert!(tried.ends_with(NOTICE), "{tried}");
    assert_eq!(folder.run(&verdict).code(0).stderr, NOTICE);
    assert_eq!(folder.run(&["set", "F-1", "--assign", "lee"]).code(0).stderr, "");
    let alone = folder.run(&["set", "F-2", "F-3", "--determination", "malware"]).code(0).stderr;
    assert_eq!(alone, NOTICE.replace("F-1, F-2 rest", "F-2 rests").replace("F-1", "F-2"));
}

#[test]
fn a_suppression_that_judges_names_them_and_one_that_hides_does_not() {
    let add =
        ["suppress", "add", "--rule", "detect", "--command", "has", "timeout", "--expires", "30d", "--why=x"];
    let resolve = [&add[..], &["--action", "resolve", "--verdict", "benign"]].concat();
    let said = broken().run(&resolve).code(0).stderr;
    assert!(said.contains("F-1 rests on rows recovered behind a broken one"), "{said}");
    let said = broken().run(&add).code(0).text();
    assert!(!said.contains("rests on rows recovered"), "{said}");
}

#[test]
fn a_run_names_what_it_raised_and_not_what_it_left_as_it_was() {
    let folder = Folder::new();
    folder.run(&["ingest", DAYS[0], DAYS[1], DAYS[2]]).code(0);
    break_second_import(&folder);
    let raised = folder.run(&["run"]).code(0).stdout;
    assert!(raised.contains(&format!("  {NOTICE}")), "{raised}");
    let again = folder.run(&["run"]).code(0).stdout;
    assert!(!again.contains("recovered behind"), "{again}");
}
