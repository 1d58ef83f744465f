//! Taking old events out of a case: what goes, what stays, and what comes after.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod support;

use huntcase::error::Error;
use huntcase::findings::{
    Author, Change, FindingId, Prune, ReviewState, RunOutcome, Status, WhatChanged, change_findings,
    list_prunes, prune, review_devices, undo,
};
use support::exports::{COLUMNS, Row, Spelling, generate, row, to_csv};
use support::{CaseBuilder, NOW, at, shipped};

/// Midnight within the week of `generate`.
const BEFORE: &str = "2026-05-06T00:00:00Z";
const EVER: &str = "2026-05-09T00:00:00Z";
/// Everything that says what was done, what was found and what is covered, but the events.
const KEPT: [&str; 13] = [
    "import",
    "reject",
    "device",
    "rule",
    "rule_version",
    "run",
    "rule_run",
    "hunt",
    "finding",
    "evidence",
    "history",
    "device_review",
    "case_info",
];

fn author(command: &'static str) -> Author<'static> {
    Author { by: "kim", at: at(NOW), command, why: "", dry_run: false }
}

fn pruned(case: &CaseBuilder, before: &str) -> Prune {
    prune(&case.case, at(before), author("prune")).unwrap()
}

fn csv(rows: &[Row]) -> String {
    to_csv(rows, &COLUMNS, Spelling::default())
}

/// A case in which events were completed and contradicted, rules matched some within their window and some before it,
/// and people decided something.
fn used_case() -> CaseBuilder {
    let rows = generate(1, 300);
    let mut case = CaseBuilder::new();
    let few = ["ReportId", "Timestamp", "DeviceId", "ActionType", "FileName", "Site"];
    case.ingest("few columns", to_csv(&rows, &few, Spelling::default()));
    case.ingest("all columns", csv(&rows));
    let mut other = rows[..40].to_vec();
    for row in &mut other {
        row.insert("ProcessId", "7".to_owned());
    }
    case.ingest("contradictions", csv(&other) + "half a row");
    narrow_run(&case);
    let change = Change { status: Some(Status::InProgress), ..Change::default() };
    change_findings(&case.case, &[FindingId(1)], &change, author("set")).unwrap();
    let device = case.rows("SELECT external_id FROM device LIMIT 1")[0][0].trim_matches('"').to_owned();
    review_devices(&case.case, &[device], ReviewState::Reviewed, &[], author("devices review")).unwrap();
    case
}

/// Runs the rules over the middle of a day before `BEFORE`.
fn narrow_run(case: &CaseBuilder) -> RunOutcome {
    case.run(&shipped(), "2026-05-05T18:00:00Z", "12h")
}

fn table(case: &CaseBuilder, name: &str) -> Vec<Vec<String>> {
    case.rows(&format!("SELECT * FROM {name} ORDER BY 1, 2"))
}

fn count(case: &CaseBuilder, sql: &str) -> i64 {
    case.cell(sql).parse().unwrap()
}

fn assert_sound(case: &CaseBuilder) {
    let connection = case.connect();
    let words: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(words, "ok");
    let broken: i64 =
        connection.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(broken, 0);
}

#[test]
fn old_events_go_and_those_that_findings_hold_stay() {
    let case = used_case();
    let view =
        |when: &str| case.rows(&format!("SELECT * FROM DeviceProcessEvents WHERE {when} ORDER BY event_id"));
    let old = format!("Timestamp < '{BEFORE}'");
    // A run over everything takes up what matches and a window left out.
    let waiting = "SELECT event_id FROM rule_match WHERE holds AND NOT is_evidence";
    assert_ne!(count(&case, &format!("SELECT count(*) FROM ({waiting})")), 0);
    let held = format!("{old} AND event_id IN (SELECT event_id FROM evidence UNION {waiting})");
    let (all, newer, holds) = (view(&old).len(), view(&format!("NOT {old}")), view(&held));
    assert!(!holds.is_empty() && holds.len() < all, "there is something of both");
    let done = pruned(&case, BEFORE);
    assert_eq!((done.events, done.held), ((all - holds.len()) as i64, holds.len() as i64));
    assert_eq!(view(&old), holds, "they say what they said");
    assert_eq!(view(&format!("NOT {old}")), newer);
    assert_sound(&case);
}

#[test]
fn what_was_counted_found_and_covered_stays_as_it_was() {
    let case = used_case();
    let before: Vec<_> = KEPT.iter().map(|name| table(&case, name)).collect();
    pruned(&case, BEFORE);
    for (name, before) in KEPT.iter().zip(before) {
        assert!(!before.is_empty(), "{name} shows nothing");
        assert_eq!(table(&case, name), before, "{name}");
    }
}

#[test]
fn what_only_those_events_needed_goes_with_them() {
    let case = used_case();
    let belongings = ["event_completion", "conflict"];
    let before = belongings.map(|name| count(&case, &format!("SELECT count(*) FROM {name}")));
    let contents = ["text", "command_line", "image", "account", "logon", "workspace", "initiating_process"];
    let sizes = |case: &CaseBuilder| {
        contents.map(|name| count(case, &format!("SELECT count(*) FROM {name}"))).iter().sum::<i64>()
    };
    let contents_before = sizes(&case);
    let done = pruned(&case, BEFORE);
    let mut rows = contents_before - sizes(&case);
    assert!(rows > 0);
    for (name, before) in belongings.iter().zip(before) {
        let orphans = "event_id NOT IN (SELECT event_id FROM process_event)";
        assert_eq!(count(&case, &format!("SELECT count(*) FROM {name} WHERE {orphans}")), 0, "{name}");
        let now = count(&case, &format!("SELECT count(*) FROM {name}"));
        assert!(now > 0 && now < before, "{name}: {before}, then {now}");
        rows += before - now;
    }
    assert_eq!(done.rows, rows);
    // Those numbered as devices are stay with them.
    let used =
        "SELECT command_line_id FROM process_event UNION SELECT command_line_id FROM initiating_process
                UNION SELECT device_id FROM device";
    let unused = format!(
        "SELECT command_line_id FROM command_line WHERE command_line_id NOT IN
           (SELECT * FROM ({used}) WHERE command_line_id IS NOT NULL)"
    );
    assert_eq!(case.rows(&unused), Vec::<Vec<String>>::new());
}

#[test]
fn rows_that_repeated_an_event_go_with_it() {
    let (early, late) =
        (event("1", "2026-05-03T00:00:01Z", "dir"), event("2", "2026-05-04T00:00:01Z", "dir"));
    let few = ["Timestamp", "DeviceId", "ReportId", "ActionType", "FileName", "ProcessCommandLine"];
    let mut case = CaseBuilder::with(to_csv(&[early.clone(), late.clone()], &few, Spelling::default()));
    let more: Vec<&str> = few.into_iter().chain(["SHA1"]).collect();
    case.ingest("more columns", to_csv(&[early, late], &more, Spelling::default()));
    assert_eq!(count(&case, "SELECT count(*) FROM repeated_event"), 2);
    pruned(&case, "2026-05-04T00:00:00Z");
    let left = "SELECT count(*) FROM repeated_event JOIN process_event USING (event_id)";
    assert_eq!((count(&case, "SELECT count(*) FROM repeated_event"), count(&case, left)), (1, 1));
}

#[test]
fn a_dry_run_says_the_same_and_changes_nothing() {
    let case = used_case();
    let names =
        case.rows("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'").concat();
    let whole = || {
        let tables = names.iter().map(|name| table(&case, name.trim_matches('"')));
        tables.collect::<Vec<_>>()
    };
    let before = whole();
    let tried = prune(&case.case, at(BEFORE), Author { dry_run: true, ..author("prune") }).unwrap();
    assert!(whole() == before);
    assert_eq!(pruned(&case, BEFORE), tried);
}

#[test]
fn a_prune_is_recorded_unless_there_is_nothing_to_remove() {
    let case = used_case();
    assert_eq!(pruned(&case, "2026-05-01T00:00:00Z").events, 0);
    let operations = "SELECT count(*) FROM operation WHERE command = 'prune'";
    assert_eq!((list_prunes(&case.case).unwrap(), count(&case, operations)), (Vec::new(), 0));
    let done = pruned(&case, BEFORE);
    assert_eq!(list_prunes(&case.case).unwrap(), std::slice::from_ref(&done));
    assert_eq!((done.by.as_str(), done.at, done.before), ("kim", at(NOW), at(BEFORE)));
    assert_eq!(pruned(&case, BEFORE), Prune { events: 0, rows: 0, ..done });
}

#[test]
fn a_prune_is_not_undone_and_neither_is_what_was_before_it() {
    let case = used_case();
    pruned(&case, BEFORE);
    let error = undo(&case.case, author("undo")).unwrap_err();
    assert!(matches!(&error, Error::Usage(words) if words.contains("was a prune")), "{error}");
    let change = Change { assigned_to: Some("lee".to_owned()), ..Change::default() };
    change_findings(&case.case, &[FindingId(1)], &change, author("set")).unwrap();
    assert_eq!(undo(&case.case, author("undo")).unwrap().undone.len(), 1, "what came after it is");
    assert!(undo(&case.case, author("undo")).is_err());
    let others = Author { by: "lee", ..author("undo") };
    assert!(undo(&case.case, others).unwrap_err().to_string().contains("no change by \"lee\""));
}

fn event(report: &str, time: &str, command: &str) -> Row {
    row([
        ("Timestamp", time),
        ("DeviceId", "d1"),
        ("DeviceName", "web01"),
        ("ActionType", "ProcessCreated"),
        ("FileName", "cmd.exe"),
        ("ProcessCommandLine", command),
        ("InitiatingProcessFileName", "w3wp.exe"),
        ("ReportId", report),
    ])
}

#[test]
fn events_that_arrive_after_all_were_removed_are_looked_at() {
    let mut case = CaseBuilder::with(csv(&[
        event("1", "2026-05-04T00:00:01Z", "notepad"),
        event("2", "2026-05-04T00:00:02Z", "calc"),
    ]));
    case.run_all();
    pruned(&case, EVER);
    assert_eq!(count(&case, "SELECT count(*) FROM process_event"), 0);
    assert_eq!(case.run_all().changes().len(), 0, "a run between changes nothing");
    case.ingest("newer", csv(&[event("3", "2026-05-04T00:00:03Z", "cmd /c whoami")]));
    assert_eq!(case.cell("SELECT event_id FROM process_event"), "3");
    assert_eq!(case.run_all().count(WhatChanged::New), 1);
    let looked = "SELECT events_looked_at FROM rule_run ORDER BY rule_run_id DESC LIMIT 1";
    assert_eq!(case.cell(looked), "1");
}

#[test]
fn contents_that_arrive_after_all_were_removed_get_numbers_of_their_own() {
    let mut case = CaseBuilder::with(csv(&generate(1, 100)));
    let tables = ["text", "command_line", "image", "account", "logon", "initiating_process"];
    let before = tables.map(|table| count(&case, &format!("SELECT max({table}_id) FROM {table}")));
    pruned(&case, EVER);
    let left = tables.map(|name| table(&case, name));
    case.ingest("newer", csv(&generate(2, 100)));
    for ((name, before), left) in tables.iter().zip(before).zip(left) {
        assert!(left.len() < before as usize && table(&case, name).len() > left.len(), "{name}");
        let old = case.rows(&format!("SELECT * FROM {name} WHERE {name}_id <= {before} ORDER BY 1"));
        assert_eq!(old, left, "{name}");
    }
    assert_sound(&case);
}

#[test]
fn events_that_are_filled_after_others_were_removed_are_looked_at_again() {
    let early = event("1", "2026-05-04T00:00:01Z", "notepad");
    let late = event("2", "2026-05-07T00:00:01Z", "cmd /c whoami");
    let few = ["ReportId", "Timestamp", "DeviceId", "ActionType", "FileName", "InitiatingProcessFileName"];
    let mut case = CaseBuilder::with(to_csv(&[early.clone(), late.clone()], &few, Spelling::default()));
    case.ingest("early", csv(&[early]));
    case.run_all();
    pruned(&case, BEFORE);
    assert_eq!(count(&case, "SELECT count(*) FROM event_completion"), 0);
    case.ingest("late", csv(&[late]));
    assert_eq!(case.run_all().count(WhatChanged::New), 1);
}

#[test]
fn an_export_that_reaches_back_brings_removed_events_back_to_their_devices() {
    let mut case = used_case();
    let evidence = table(&case, "evidence");
    let done = pruned(&case, BEFORE);
    let devices = count(&case, "SELECT count(*) FROM device");
    let again = case.ingest("all columns in another file", csv(&generate(1, 300)) + "\n");
    assert_eq!(again.events_new, done.events, "the others are known");
    assert_eq!(count(&case, "SELECT count(*) FROM device"), devices);
    assert_eq!(narrow_run(&case).changes().len(), 0, "rules find in them what they found before");
    assert_eq!(table(&case, "evidence"), evidence);
    assert_sound(&case);
}

#[test]
fn what_no_rule_has_looked_at_is_counted() {
    let mut case = CaseBuilder::with(csv(&[event("1", "2026-05-04T00:00:01Z", "cmd /c whoami")]));
    assert_eq!(
        prune(&case.case, at(BEFORE), Author { dry_run: true, ..author("prune") }).unwrap().unlooked,
        1
    );
    case.run_all();
    case.ingest(
        "more",
        csv(&[
            event("2", "2026-05-04T00:00:02Z", "cmd /c whoami"),
            event("3", "2026-05-07T00:00:02Z", "cmd /c whoami"),
        ]),
    );
    let done = pruned(&case, BEFORE);
    assert_eq!((done.events, done.unlooked, done.held), (1, 1, 1));
}

#[test]
fn events_without_report_id_that_stayed_are_known_afterwards() {
    let without_id = |number: usize| {
        let mut row = event("", &format!("2026-05-07T00:00:{number:02}Z"), &format!("job {number}"));
        row.remove("ReportId");
        row
    };
    let newer: Vec<Row> = (0..9).map(without_id).collect();
    let old = event("1", "2026-05-04T00:00:01Z", "notepad");
    let mut case = CaseBuilder::with(csv(&[&[old][..], &newer].concat()));
    pruned(&case, BEFORE);
    assert_eq!(case.ingest("overlap", csv(&newer)).events_known, 9);
}
