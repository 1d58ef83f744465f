//! Events that a rule could not judge, since the exports that brought them lack a column that it needs.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod support;

use huntcase::findings::{Author, prune};
use huntcase::rules::{Catalogue, Unjudged, list_unjudged};
use support::exports::{Row, Spelling, row, to_csv};
use support::{CaseBuilder, NOW, SHIPPED_RULE, at, own_rules, rule_text, shipped};

const PARENT: &str = "InitiatingProcessParentFileName";
const FEW: [&str; 6] =
    ["Timestamp", "DeviceId", "ReportId", "FileName", "ProcessCommandLine", "InitiatingProcessFileName"];
const ALL: [&str; 8] = [
    "Timestamp",
    "DeviceId",
    "ReportId",
    "FileName",
    "ProcessCommandLine",
    "InitiatingProcessFileName",
    PARENT,
    "SHA1",
];

/// Events of one day, an hour apart, whose grandparent gives them away.
fn rows(numbers: std::ops::Range<usize>) -> Vec<Row> {
    let event = |number: usize| {
        row([
            ("Timestamp", &*format!("2026-05-03T{number:02}:00:00Z")),
            ("DeviceId", "d1"),
            ("ReportId", &*number.to_string()),
            ("FileName", "cmd.exe"),
            ("ProcessCommandLine", "cmd.exe /c whoami"),
            ("InitiatingProcessFileName", "java.exe"),
            (PARENT, "tomcat9.exe"),
            ("SHA1", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ])
    };
    numbers.map(event).collect()
}

/// Takes in these columns of events; the import says that it lacks others.
fn take_in(case: &mut CaseBuilder, name: &str, rows: &[Row], columns: &[&str], lacking: &[&str]) {
    let import = case.ingest(name, to_csv(rows, columns, Spelling::default()));
    let lacking = serde_json::to_string(lacking).unwrap();
    case.connect()
        .execute("UPDATE import SET lacking = ?1 WHERE import_id = ?2", (lacking, import.id))
        .unwrap();
}

/// A case with ten events whose export lacks the grandparent's name, and the hash.
fn projected() -> CaseBuilder {
    let mut case = CaseBuilder::new();
    take_in(&mut case, "projected", &rows(0..10), &FEW, &[PARENT, "SHA1"]);
    case
}

/// Says that an import has events that are in the case already, with nothing to add.
fn repeat(case: &CaseBuilder, import_id: i64, events: std::ops::RangeInclusive<i64>) {
    for event in events {
        case.connect()
            .execute("INSERT OR IGNORE INTO repeated_event VALUES (?1, ?2, 1)", (event, import_id))
            .unwrap();
    }
}

/// What the last run's rules cannot judge: `rule events columns`.
fn unjudged(case: &CaseBuilder) -> Vec<String> {
    let last: i64 = case.cell("SELECT max(run_id) FROM run").parse().unwrap();
    let line = |of: Unjudged| {
        let columns: Vec<&str> = of.columns.iter().map(|column| column.name()).collect();
        format!("{} {} {}", of.rule, of.events, columns.join(" "))
    };
    list_unjudged(&case.case, last).unwrap().into_iter().map(line).collect()
}

fn run(case: &CaseBuilder, catalogue: &Catalogue) {
    case.run(catalogue, "2026-05-09T00:00:00Z", "30d");
}

fn own_rule<'a>(name: &'a str, condition: &str) -> (&'a str, String) {
    let body = format!("SELECT event_id, SHA1 FROM DeviceProcessEvents {condition}");
    (name, rule_text(name, &body))
}

fn run_one(case: &CaseBuilder, name: &str, condition: &str) {
    run(case, &own_rules(&[own_rule(name, condition)]));
}

fn by_shipped(events: i64) -> [String; 1] {
    [format!("{SHIPPED_RULE} {events} {PARENT}")]
}

const NONE: [String; 0] = [];

#[test]
fn events_without_a_column_that_a_rule_needs_are_counted() {
    let case = projected();
    let outcome = case.run_all();
    assert_eq!(outcome.limits.unjudged.len(), 1);
    assert_eq!((outcome.findings.len(), outcome.limits.unjudged[0].events), (0, 10));
    assert_eq!(unjudged(&case), by_shipped(10));
}

#[test]
fn a_column_that_rules_only_show_is_not_missed() {
    let mut case = CaseBuilder::new();
    take_in(&mut case, "without the hash", &rows(0..10), &ALL[..7], &["SHA1"]);
    run_one(&case, "shows", "WHERE FileName = 'cmd.exe'");
    assert_eq!(unjudged(&case), NONE);
}

#[test]
fn every_rule_is_counted_by_itself() {
    let mut case = projected();
    take_in(&mut case, "without the hash", &rows(10..13), &ALL[..7], &["SHA1"]);
    let rules = [
        own_rule("hash", "WHERE SHA1 = 'a'"),
        own_rule("name", "WHERE FileName = 'a'"),
        own_rule("parent-or-hash", "WHERE InitiatingProcessParentFileName = 'a' OR SHA1 = 'b'"),
    ];
    run(&case, &own_rules(&rules));
    assert_eq!(
        unjudged(&case),
        ["hash 13 SHA1".to_owned(), format!("parent-or-hash 13 SHA1 {PARENT}")],
        "columns stand in published order"
    );
}

#[test]
fn a_fuller_export_completes_events() {
    let mut case = projected();
    take_in(&mut case, "fuller", &rows(0..4), &ALL, &[]);
    let outcome = case.run_all();
    assert_eq!(outcome.findings[0].finding.events, 4);
    assert_eq!(unjudged(&case), by_shipped(6));
}

#[test]
fn an_export_that_fills_other_columns_does_not_help() {
    let mut case = projected();
    take_in(&mut case, "with hashes", &rows(0..4), &[&FEW[..], &["SHA1"]].concat(), &[PARENT]);
    assert_eq!(case.cell("SELECT count(*) FROM event_completion"), "4");
    case.run_all();
    assert_eq!(unjudged(&case), by_shipped(10));
}

#[test]
fn an_event_that_a_fuller_export_repeats_has_nothing_there() {
    let mut case = projected();
    take_in(&mut case, "fuller", &rows(10..11), &ALL, &[]);
    repeat(&case, 2, 1..=3);
    case.run_all();
    assert_eq!(unjudged(&case), by_shipped(7));
}

#[test]
fn two_exports_together_have_all_columns() {
    let mut case = projected();
    take_in(&mut case, "parents", &rows(0..4), &ALL[..7], &["SHA1"]);
    take_in(&mut case, "hashes", &rows(2..6), &[&FEW[..], &["SHA1"]].concat(), &[PARENT]);
    run_one(&case, "both", "WHERE SHA1 = 'a' OR InitiatingProcessParentFileName = 'b'");
    assert_eq!(unjudged(&case), [format!("both 8 SHA1 {PARENT}")]);
}

#[test]
fn an_event_that_is_completed_and_repeated_counts_once() {
    let mut case = projected();
    take_in(&mut case, "fuller", &rows(0..4), &ALL, &[]);
    take_in(&mut case, "fuller still", &rows(0..4), &[&ALL[..], &["MD5"]].concat(), &[]);
    repeat(&case, 2, 1..=4);
    repeat(&case, 3, 1..=5);
    case.run_all();
    assert_eq!(unjudged(&case), by_shipped(5));
}

#[test]
fn events_that_were_pruned_are_not_counted() {
    let mut case = projected();
    take_in(&mut case, "fuller", &rows(0..4), &ALL, &[]);
    run_one(&case, "other", "WHERE InitiatingProcessParentFileName = 'b'");
    let count = |left: i64| [format!("other {left} {PARENT}")];
    assert_eq!(unjudged(&case), count(6));
    let author = Author { by: "kim", at: at(NOW), command: "prune", why: "", dry_run: false };
    // Two that were completed.
    prune(&case.case, at("2026-05-03T02:00:00Z"), author).unwrap();
    assert_eq!(unjudged(&case), count(6));
    prune(&case.case, at("2026-05-03T07:00:00Z"), author).unwrap();
    assert_eq!(unjudged(&case), count(3));
    prune(&case.case, at("2026-05-04T00:00:00Z"), author).unwrap();
    assert_eq!(unjudged(&case), NONE);
}

#[test]
fn a_rule_that_failed_or_did_not_run_is_not_counted() {
    let case = projected();
    run_one(&case, "fails", "WHERE \"matches regex\"(InitiatingProcessParentFileName, FileName || '(')");
    assert_eq!(case.cell("SELECT count(failure) FROM rule_run WHERE rule_version_id > 0"), "1");
    assert_eq!(unjudged(&case), NONE);
    run(&case, &shipped());
    assert_eq!(unjudged(&case), by_shipped(10));
}

#[test]
fn a_fuller_export_lets_rules_judge_also_where_it_fills_nothing() {
    let events: Vec<Row> = rows(0..10)
        .into_iter()
        .map(|mut row| {
            row.remove(PARENT);
            row.remove("SHA1");
            row
        })
        .collect();
    let mut case = CaseBuilder::with(to_csv(&events, &FEW, Spelling::default()));
    case.run_all();
    assert_eq!(unjudged(&case), [format!("{SHIPPED_RULE} 10 {PARENT}")]);
    let import = case.ingest("fuller", to_csv(&events, &ALL, Spelling::default()));
    assert_eq!((import.events_known, import.events_completed), (10, 0));
    case.run_all();
    assert_eq!(unjudged(&case), Vec::<String>::new());
}
