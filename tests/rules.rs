//! Every shipped rule on events written for it: what it must find, and near misses that it must not.
//!
//! `tests/rules/<rule>/events.csv` holds the events, `expected.csv` those that match with the rule's own columns.
//! `UPDATE_EXPECTED=1` rewrites the latter.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use huntcase::findings::{
    Author, ChosenRule, FindingId, HuntChange, change_hunt, find_limits, list_evidence, list_findings,
    open_hunt, run_rules,
};
use huntcase::rules::{Catalogue, load_rules};
use support::{CaseBuilder, EVER, SHIPPED_RULE, only, shipped};

const AS_OF: &str = "2026-12-31T00:00:00Z";

fn folder(rule: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules").join(rule)
}

/// Each rule's matches in a case: ReportId and the rule's own columns.
fn matches(case: &CaseBuilder) -> BTreeMap<String, BTreeMap<i64, BTreeMap<String, String>>> {
    let mut matches: BTreeMap<String, BTreeMap<i64, BTreeMap<String, String>>> = BTreeMap::new();
    for finding in list_findings(&case.case, "kim").unwrap() {
        for event in list_evidence(&case.case, finding.id, "kim").unwrap() {
            let mut reason = BTreeMap::<String, String>::new();
            for held in &event.why.reasons {
                let of_column = reason.entry(held.column.clone()).or_default();
                let separator = if of_column.is_empty() { "" } else { ", " };
                of_column.push_str(&format!("{separator}{} {}", held.operator, held.needle));
            }
            let of_rule = matches.entry(finding.rule.clone()).or_default();
            assert!(of_rule.insert(event.report_id.unwrap(), reason).is_none(), "{} twice", event.event_id);
        }
    }
    matches
}

fn to_csv(matches: &BTreeMap<i64, BTreeMap<String, String>>) -> String {
    let names: BTreeSet<&String> = matches.values().flat_map(BTreeMap::keys).collect();
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_field("ReportId").unwrap();
    csv.write_record(names.iter()).unwrap();
    for (report_id, reason) in matches {
        csv.write_field(report_id.to_string()).unwrap();
        csv.write_record(names.iter().map(|name| reason.get(*name).map_or("", String::as_str))).unwrap();
    }
    String::from_utf8(csv.into_inner().unwrap()).unwrap()
}

#[test]
fn every_rule_finds_what_it_must_and_no_near_miss() {
    let catalogue = shipped();
    for folder in std::fs::read_dir(folder("")).unwrap() {
        let folder = folder.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap();
        let rule = catalogue.rules.iter().find(|rule| rule.head.name == name);
        let rule = rule.unwrap_or_else(|| panic!("there is no rule for {}", folder.display()));

        let mut case = CaseBuilder::new();
        let events = std::fs::read_to_string(folder.join("events.csv")).unwrap();
        let import = case.ingest("events.csv", &events);
        assert_eq!(import.rows_rejected + import.rows_conflicting, 0, "{name}");
        let outcome = case.run(&only([rule.clone()]), AS_OF, EVER);
        assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);

        let found = matches(&case).remove(name).unwrap_or_default();
        assert!(
            !found.is_empty() && (found.len() as i64) < import.events_new,
            "{name} needs both kinds of events"
        );
        let (found, file) = (to_csv(&found), folder.join("expected.csv"));
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(&file, &found).unwrap();
        }
        assert_eq!(found, std::fs::read_to_string(&file).unwrap(), "{name}");
    }
}

#[test]
fn every_rule_has_events_of_its_own() {
    for rule in shipped().rules {
        assert!(folder(&rule.head.name).join("events.csv").is_file(), "{}", rule.head.name);
    }
}

/// What is changed in the shipped rule, and into what. After each, other events must be found.
const MUTATIONS: [(&str, &str); 43] = [
    (
        "iif(InitiatingProcessFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe')",
        "iif(InitiatingProcessFileName IN ('beasvc.exe', 'httpd.exe')",
    ),
    (
        "iif(InitiatingProcessFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe')",
        "iif(InitiatingProcessFileName IN ('w3wp.exe', 'httpd.exe')",
    ),
    (
        "iif(InitiatingProcessFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe')",
        "iif(InitiatingProcessFileName IN ('w3wp.exe', 'beasvc.exe')",
    ),
    ("iif(InitiatingProcessFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe')", "iif(FALSE"),
    ("iif(startswith(InitiatingProcessFileName, 'tomcat')", "iif(FALSE"),
    (
        "iif(InitiatingProcessFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe')",
        "iif(\"in~\"(InitiatingProcessFileName, '[\"w3wp.exe\", \"beasvc.exe\", \"httpd.exe\"]')",
    ),
    (
        "iif(InitiatingProcessFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe')",
        "iif(has_any(InitiatingProcessFileName, '[\"w3wp.exe\", \"beasvc.exe\", \"httpd.exe\"]')",
    ),
    (
        "iif(startswith(InitiatingProcessFileName, 'tomcat')",
        "iif(contains(InitiatingProcessFileName, 'tomcat')",
    ),
    (
        "iif(startswith(InitiatingProcessFileName, 'tomcat')",
        "iif(startswith_cs(InitiatingProcessFileName, 'tomcat')",
    ),
    (
        "iif(InitiatingProcessParentFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe')",
        "iif(InitiatingProcessParentFileName IN ('beasvc.exe', 'httpd.exe')",
    ),
    (
        "iif(InitiatingProcessParentFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe')",
        "iif(InitiatingProcessParentFileName IN ('w3wp.exe', 'httpd.exe')",
    ),
    (
        "iif(InitiatingProcessParentFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe')",
        "iif(InitiatingProcessParentFileName IN ('w3wp.exe', 'beasvc.exe')",
    ),
    ("iif(InitiatingProcessParentFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe')", "iif(FALSE"),
    ("iif(startswith(InitiatingProcessParentFileName, 'tomcat')", "iif(FALSE"),
    (
        "iif(InitiatingProcessParentFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe')",
        "iif(\"in~\"(InitiatingProcessParentFileName, '[\"w3wp.exe\", \"beasvc.exe\", \"httpd.exe\"]')",
    ),
    (
        "iif(InitiatingProcessParentFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe')",
        "iif(has_any(InitiatingProcessParentFileName, '[\"w3wp.exe\", \"beasvc.exe\", \"httpd.exe\"]')",
    ),
    (
        "iif(startswith(InitiatingProcessParentFileName, 'tomcat')",
        "iif(contains(InitiatingProcessParentFileName, 'tomcat')",
    ),
    (
        "iif(startswith(InitiatingProcessParentFileName, 'tomcat')",
        "iif(startswith_cs(InitiatingProcessParentFileName, 'tomcat')",
    ),
    ("iif(InitiatingProcessFileName IN", "iif(trim(InitiatingProcessFileName) IN"),
    (
        "iif(startswith(InitiatingProcessFileName, 'tomcat')",
        "iif(hasprefix(InitiatingProcessFileName, 'tomcat')",
    ),
    (
        "iif(startswith(InitiatingProcessFileName, 'tomcat')",
        "iif(startswith(InitiatingProcessFileName, 'tomcat8')",
    ),
    ("iif(InitiatingProcessFileName IN", "iif(InitiatingProcessParentFileName IN"),
    ("iif(InitiatingProcessParentFileName IN", "iif(InitiatingProcessFileName IN"),
    ("iif(startswith(InitiatingProcessFileName,", "iif(startswith(InitiatingProcessParentFileName,"),
    ("iif(startswith(InitiatingProcessParentFileName,", "iif(startswith(InitiatingProcessFileName,"),
    ("\"in~\"(FileName, '[\"cmd.exe\", \"powershell.exe\"]')", "\"in~\"(FileName, '[\"powershell.exe\"]')"),
    ("\"in~\"(FileName, '[\"cmd.exe\", \"powershell.exe\"]')", "\"in~\"(FileName, '[\"cmd.exe\"]')"),
    (
        "\"in~\"(FileName, '[\"cmd.exe\", \"powershell.exe\"]')",
        "\"in\"(FileName, '[\"cmd.exe\", \"powershell.exe\"]')",
    ),
    (
        "\"in~\"(FileName, '[\"cmd.exe\", \"powershell.exe\"]')",
        "has_any(FileName, '[\"cmd.exe\", \"powershell.exe\"]')",
    ),
    ("\"in~\"(FileName, '[\"cmd.exe\", \"powershell.exe\"]')", "1"),
    (
        "\"in~\"(FileName, '[\"cmd.exe\", \"powershell.exe\"]')",
        "(startswith(FileName, 'cmd.exe') OR \"=~\"(FileName, 'powershell.exe'))",
    ),
    (
        "\"in~\"(FileName, '[\"cmd.exe\", \"powershell.exe\"]')",
        "(\"=~\"(FileName, 'cmd.exe') OR startswith(FileName, 'powershell'))",
    ),
    ("AND parents IS NOT NULL", ""),
    ("AND words IS NOT NULL", ""),
    ("AND parents IS NOT NULL", "OR parents IS NOT NULL"),
    ("AND words IS NOT NULL", "OR words IS NOT NULL"),
    ("contains(ProcessCommandLine, '%temp%')", "FALSE"),
    ("contains(ProcessCommandLine, '%temp%')", "contains_cs(ProcessCommandLine, '%temp%')"),
    ("contains(ProcessCommandLine, '%temp%')", "startswith(ProcessCommandLine, '%temp%')"),
    ("contains(ProcessCommandLine, '%temp%')", "contains(ProcessCommandLine, '%temp')"),
    ("contains(ProcessCommandLine, '%temp%')", "contains(ProcessCommandLine, 'temp%')"),
    ("contains(ProcessCommandLine, '%temp%')", "contains(ProcessCommandLine, 'temp')"),
    ("contains(ProcessCommandLine, '%temp%')", "has(ProcessCommandLine, 'temp')"),
];

const WORDS: [&str; 7] = ["wget", "whoami", "certutil", "systeminfo", "ping", "ipconfig", "timeout"];

/// What is changed for each word, which `{}` stands for.
const WORD_MUTATIONS: [(&str, &str); 6] = [
    ("has(ProcessCommandLine, '{}')", "FALSE"),
    ("has(ProcessCommandLine, '{}')", "contains(ProcessCommandLine, '{}')"),
    ("has(ProcessCommandLine, '{}')", "has_cs(ProcessCommandLine, '{}')"),
    ("has(ProcessCommandLine, '{}')", "hasprefix(ProcessCommandLine, '{}')"),
    ("has(ProcessCommandLine, '{}')", "hassuffix(ProcessCommandLine, '{}')"),
    ("has(ProcessCommandLine, '{}')", "startswith(ProcessCommandLine, '{}')"),
];

fn mutations() -> Vec<(String, String)> {
    let of_words = WORDS.iter().flat_map(|word| {
        WORD_MUTATIONS.iter().map(move |(from, to)| (from.replace("{}", word), to.replace("{}", word)))
    });
    MUTATIONS.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).chain(of_words).collect()
}

/// The shipped rule with one change in its query, as rules of an analyst's.
fn load_mutants() -> Catalogue {
    let shipped_rules = shipped().rules.len();
    let shipped = shipped().find(SHIPPED_RULE).unwrap().clone();
    let body = shipped.text.find("\nSELECT").unwrap();
    let (head, body) = shipped.text.split_at(body);
    let folder = tempfile::TempDir::new().unwrap();
    for (number, (from, to)) in mutations().iter().enumerate() {
        assert_eq!(body.matches(from.as_str()).count(), 1, "{from:?} must stand in the rule once");
        let name = format!("mutant-{number}");
        let head = head.replace(SHIPPED_RULE, &name).replace(&shipped.head.id, &name);
        std::fs::write(folder.path().join(format!("{name}.sql")), head + &body.replace(from.as_str(), to))
            .unwrap();
    }
    let catalogue = load_rules(&[folder.path().to_owned()], None).unwrap();
    assert!(catalogue.broken.is_empty(), "{:?}", catalogue.broken);
    // One that does not run finds nothing, and would pass for one that finds other events.
    assert_eq!(catalogue.rules.len(), mutations().len() + shipped_rules);
    catalogue
}

#[test]
fn no_condition_can_be_changed_without_other_events_being_found() {
    let mut case = CaseBuilder::new();
    case.ingest("events.csv", std::fs::read(folder(SHIPPED_RULE).join("events.csv")).unwrap());
    let outcome = case.run(&load_mutants(), AS_OF, EVER);
    assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);

    let mut matches = matches(&case);
    let expected: BTreeSet<i64> = matches.remove(SHIPPED_RULE).unwrap().into_keys().collect();
    let mut unnoticed = Vec::new();
    for (number, mutation) in mutations().iter().enumerate() {
        let found: BTreeSet<i64> =
            matches.remove(&format!("mutant-{number}")).unwrap_or_default().into_keys().collect();
        if found == expected {
            unnoticed.push(mutation.clone());
        }
    }
    assert!(unnoticed.is_empty(), "the same events are found after: {unnoticed:#?}");
}

/// One event that the shipped rule matches, at a time.
fn event_at(times: &[&str]) -> String {
    let mut csv =
        "Timestamp,DeviceId,FileName,ProcessCommandLine,InitiatingProcessFileName,ReportId\n".to_owned();
    for (number, time) in times.iter().enumerate() {
        csv += &format!("{time},d1,cmd.exe,cmd.exe /c whoami,w3wp.exe,{}\n", number + 1);
    }
    csv
}

/// The evidence's ReportIds after a run.
fn found(case: &CaseBuilder, as_of: &str, lookback: &str) -> Vec<i64> {
    case.run(&shipped(), as_of, lookback);
    let mut matches = matches(case);
    matches.remove(SHIPPED_RULE).unwrap_or_default().into_keys().collect()
}

#[test]
fn an_event_eight_days_old_is_outside_seven_days_and_inside_thirty() {
    let case = CaseBuilder::with(event_at(&["2026-05-02T12:00:00Z"]));
    assert_eq!(found(&case, "2026-05-10T12:00:00Z", "7d"), [0_i64; 0]);
    assert!(list_findings(&case.case, "kim").unwrap().is_empty());
    // It was looked at already, and a wider window needs no new data.
    assert_eq!(found(&case, "2026-05-10T12:00:00Z", "30d"), [1]);
}

#[test]
fn a_run_that_nothing_narrows_takes_up_what_windows_left_out() {
    let case = CaseBuilder::with(event_at(&[
        "2026-03-01T00:00:00Z",
        "2026-05-09T12:00:00Z",
        "2099-01-01T00:00:00Z",
    ]));
    assert_eq!(found(&case, "2026-05-10T12:00:00Z", "7d"), [2]);
    let outside = find_limits(&case.case, None).unwrap().outside;
    assert_eq!(outside, [(SHIPPED_RULE.to_owned(), 2)]);
    let outcome = case.run_all();
    assert_eq!((outcome.changes().len(), outcome.changes()[0].events_added), (1, 2));
    assert_eq!(outcome.limits.outside, []);
    let ahead: Vec<bool> =
        list_evidence(&case.case, FindingId(1), "kim").unwrap().iter().map(|e| e.is_ahead).collect();
    assert_eq!(ahead, [false, false, true]);
}

#[test]
fn the_window_begins_after_its_first_instant_and_ends_with_its_last() {
    let case = CaseBuilder::with(event_at(&[
        "2026-05-03T12:00:00.0000000Z",
        "2026-05-03T12:00:00.0000001Z",
        "2026-05-10T12:00:00.0000000Z",
        "2026-05-10T12:00:00.0000001Z",
    ]));
    assert_eq!(found(&case, "2026-05-10T12:00:00Z", "7d"), [2, 3]);
    assert_eq!(found(&case, "2026-05-10T12:00:00.0000001Z", "7d"), [2, 3, 4]);
}

#[test]
fn a_hunts_lookback_narrows_and_a_rules_own_does_not() {
    let case = CaseBuilder::with(event_at(&["2026-05-03T12:00:00.0000000Z", "2026-05-03T12:00:00.0000001Z"]));
    let catalogue = shipped();
    let rule = catalogue.find(SHIPPED_RULE).unwrap();
    let change = HuntChange {
        name: Some("narrow"),
        lookback: Some(Some(rule.head.lookback)),
        rules: vec![ChosenRule::Sound(rule)],
        ..HuntChange::default()
    };
    let author =
        Author { by: "kim", at: support::at(support::NOW), command: "test", why: "", dry_run: false };
    let hunt = open_hunt(&case.case, &change, author).unwrap();
    let newest = support::at("2026-05-10T12:00:00Z");
    let request = huntcase::rules::RunRequest { newest, ..support::whole() };
    let run = || run_rules(&case.case, &catalogue, &request).unwrap();
    assert_eq!(run().limits.outside, [(SHIPPED_RULE.to_owned(), 1)]);
    assert_eq!(matches(&case)[SHIPPED_RULE].keys().copied().collect::<Vec<_>>(), [2]);
    let whole = HuntChange { lookback: Some(None), ..HuntChange::default() };
    change_hunt(&case.case, hunt.id, &whole, author).unwrap();
    assert_eq!(run().limits.outside, []);
    assert_eq!(matches(&case)[SHIPPED_RULE].keys().copied().collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_narrowed_run_takes_up_its_window_and_nothing_else() {
    let case = CaseBuilder::with(event_at(&[
        "2026-03-01T00:00:00Z",
        "2026-04-01T00:00:00Z",
        "2026-05-01T00:00:00Z",
    ]));
    assert_eq!(found(&case, "2026-03-02T00:00:00Z", "7d"), [1]);
    assert_eq!(found(&case, "2026-05-02T00:00:00Z", "7d"), [1, 3]);
}
