//! `huntcase set`

use super::support::{Folder, assert_expected};

#[test]
fn changes_are_shown_and_kept_in_the_history() {
    let folder = Folder::with_case();
    let table = folder.run(&["set", "F-1", "F-3", "--status", "in-progress", "--assign", "lee"]).code(0);
    assert_expected("set.txt", &table.text());
    let why = ["--why", "the monitoring agent"];
    let set =
        ["set", "F-1", "--status", "closed", "--verdict", "bp", "--determination", "Confirmed activity"];
    let closed = folder.run(&[&set[..], &why, &["--json"]].concat()).code(0).json();
    let finding = &closed["findings"][0];
    assert_eq!(finding["status"], "resolved");
    assert_eq!(finding["classification"], "informationalExpectedActivity");
    assert_eq!(finding["determination"], "confirmedActivity");
    assert_eq!(finding["resolvedAt"], "2026-05-07T08:00:00.0000000Z");
    let shown = folder.run(&["show", "F-1", "--json"]).json();
    let history = shown["finding"]["history"].as_array().unwrap().clone();
    let by_hand: Vec<_> = history.iter().filter(|h| h["command"] == "set").collect();
    let fields: Vec<_> = by_hand.iter().map(|h| h["field"].as_str().unwrap()).collect();
    let resolved = ["status", "classification", "determination", "resolvedAt", "resolvedEvents"];
    assert_eq!(fields, [&["status", "assignedTo"][..], &resolved].concat());
    assert_eq!((&by_hand[4]["by"], &by_hand[4]["why"]), (&"kim".into(), &"the monitoring agent".into()));
}

#[test]
fn a_verdict_is_needed_to_resolve_or_a_reason_without_one() {
    let folder = Folder::with_case();
    let bare = folder.run(&["set", "F-1", "--status", "resolved"]).code(2);
    assert!(bare.stderr.contains("--verdict tp|benign|fp, or --why"), "{}", bare.stderr);
    folder.run(&["set", "F-1", "--status", "resolved", "--why", "the logs are gone"]).code(0);
}

#[test]
fn a_determination_that_does_not_go_with_the_verdict_is_refused_with_those_that_do() {
    let ran =
        Folder::with_case().run(&["set", "F-1", "--verdict", "fp", "--determination", "malware"]).code(2);
    assert_eq!(
        ran.stderr,
        "error: malware does not go with fp, expected one of not-malicious, not-enough-data-to-validate, other\n"
    );
}

#[test]
fn a_determination_without_a_verdict_is_told_what_it_needs() {
    let ran = Folder::with_case().run(&["set", "F-1", "--determination", "other"]).code(2);
    assert_eq!(ran.stderr, "error: a determination needs a verdict: --verdict tp, benign or fp\n");
}

#[test]
fn several_findings_are_changed_all_or_none() {
    let folder = Folder::with_case();
    let before = folder.run(&["findings", "--all", "--json"]).stdout;
    folder.run(&["set", "F-1", "F-2", "F-99", "--status", "in-progress"]).code(2);
    folder.run(&["set", "F-1", "F-2", "--verdict", "tp", "--determination", "not-malicious"]).code(2);
    folder.write("there.csv", "");
    folder.run(&["set", "F-1", "--assign", "lee", "-o", "there.csv"]).code(2);
    assert_eq!(folder.run(&["findings", "--all", "--json"]).stdout, before);
    let shown = folder.run(&["show", "F-1", "--json"]).json();
    let history = shown["finding"]["history"].as_array().unwrap();
    assert!(!history.is_empty() && history.iter().all(|change| change["command"] == "run"), "{history:?}");
}

#[test]
fn nothing_to_change_and_unknown_words_are_usage_errors() {
    let folder = Folder::with_case();
    let nothing = folder.run(&["set", "F-1"]).code(2);
    assert!(nothing.stderr.contains("--status, --verdict, --determination"), "{}", nothing.stderr);
    let word = folder.run(&["set", "F-1", "--status", "done"]).code(2);
    assert!(word.stderr.contains("expected one of new, in-progress, resolved"), "{}", word.stderr);
}
