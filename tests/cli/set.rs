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

#[test]
fn what_a_filter_selects_is_changed_without_a_terminal_only_when_yes_is_said() {
    let folder = Folder::with_case();
    let change = ["set", "--where", "severity=medium", "--assign", "lee"];
    let refused = folder.run(&change).code(2);
    assert_eq!(
        refused.stderr,
        "error: --where selects 3 findings, and there is no terminal to ask on; change them with --yes, or look with \
         --dry-run\n"
    );
    let dry = folder.run(&[&change[..], &["--dry-run"]].concat()).code(0);
    assert!(dry.stderr.contains("dry run: 3 findings would change"), "{}", dry.stderr);
    folder.run(&["findings", "--where", "assigned=,severity=medium", "--ids"]).code(0);
    let changed = folder.run(&[&change[..], &["--yes", "--json"]].concat()).code(0).json();
    assert_eq!(changed["findings"].as_array().unwrap().len(), 3);
    folder.run(&["set", "F-1", "--where", "assigned=lee", "--tag", "x"]).code(2);
    folder.run(&["set", "F-1..F-3", "--tag", "x"]).code(0);
}

#[test]
fn a_filter_that_selects_nothing_to_change_says_what_there_is_instead() {
    let folder = Folder::with_case();
    folder.run(&["set", "F-2", "--status", "resolved", "--verdict", "fp"]).code(0);
    let none = |arguments: &[&str]| {
        folder.run(&[&["set", "--tag", "x", "--yes", "--where"], arguments].concat()).code(3).stderr
    };
    assert_eq!(
        none(&["device=web01"]),
        "error: no open findings on web01.example.com; 1 resolved (status=resolved selects it)\n"
    );
    assert_eq!(
        none(&["device=web01,status=new"]),
        "error: no new findings on web01.example.com; 1 resolved\n"
    );
    assert_eq!(
        none(&["severity=high", "F-1", "F-3"]),
        "error: among those named, no findings with severity=high; there are 2 of other kinds\n"
    );
}

#[test]
fn a_severity_of_sigma_says_what_it_became() {
    let folder = Folder::with_case();
    let ran = folder.run(&["set", "F-1", "--severity", "critical"]).code(0);
    assert_eq!(ran.stderr, "critical is no severity here; it became high\n");
    assert_eq!(folder.run(&["set", "F-1", "--severity", "low"]).code(0).stderr, "");
}

#[test]
fn somebody_elses_verdict_is_not_replaced_by_whoever_never_looked() {
    let folder = Folder::with_case();
    let lees = ["--verdict", "benign", "--determination", "confirmed-activity", "--why", "the \"agent\""];
    folder.run(&[&["set", "F-1", "--as", "lee", "--status", "resolved"], &lees[..]].concat()).code(0);
    let refused = folder.run(&["set", "F-1", "--verdict", "tp"]).code(2);
    assert_eq!(
        refused.stderr,
        "error: F-1: lee concluded Informational, expected activity / Confirmed activity at 2026-05-07 08:00:00Z, because \
         \"the \\\"agent\\\"\"; look at it with huntcase show F-1, or go on with --force\n"
    );
    folder.run(&["set", "F-1", "--tag", "x"]).code(0);
    folder.run(&["set", "F-1", "--verdict", "tp"]).code(2);
    folder.run(&["show", "F-1"]).code(0);
    folder.run(&["set", "F-1", "--verdict", "tp"]).code(0);
    folder.run(&["set", "F-1", "--verdict", "fp", "--as", "max"]).code(2);
    let forced = folder.run(&["set", "F-1", "--verdict", "fp", "--as", "max", "--force"]).code(0);
    assert!(forced.stderr.contains("kim set classification to truePositive"), "{}", forced.stderr);
}

#[cfg(unix)]
mod on_a_terminal {
    //! The question before a change of what a filter selects.

    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::super::support::Folder;
    use super::super::terminal::Terminal;

    const CHANGE: [&str; 5] = ["set", "--where", "severity=medium", "--assign", "lee"];

    fn assigned(folder: &Folder) -> usize {
        let answer = folder.run(&["findings", "--json"]).code(0).json();
        answer["findings"].as_array().unwrap().iter().filter(|f| f["assignedTo"] == "lee").count()
    }

    #[test]
    fn what_a_filter_selects_is_shown_and_changed_when_yes_is_answered() {
        let folder = Folder::with_case();
        let mut terminal = Terminal::start(&folder, &CHANGE, &[]);
        terminal.wait_for("change 3 findings? [y/N]");
        terminal.wait_for("assignedTo");
        assert_eq!(assigned(&folder), 0, "nobody waits for an answer with the case in hand");
        terminal.type_and_see("y\r", "Last activity");
        assert_eq!(terminal.end().0.code(), Some(0));
        assert_eq!(assigned(&folder), 3);
        let again = Terminal::start(&folder, &CHANGE, &[]).end();
        assert!(again.1.contents().contains("3 findings were as asked already"), "{}", again.1.contents());
    }

    #[test]
    fn no_changes_nothing_and_is_no_failure() {
        let folder = Folder::with_case();
        let mut terminal = Terminal::start(&folder, &CHANGE, &[]);
        terminal.wait_for("change 3 findings? [y/N]");
        terminal.type_and_see("n\r", "nothing changed");
        assert_eq!(terminal.end().0.code(), Some(0));
        assert_eq!(assigned(&folder), 0);
    }

    #[test]
    fn findings_that_are_named_are_changed_without_a_question() {
        let folder = Folder::with_case();
        assert_eq!(
            Terminal::start(&folder, &["set", "F-1..F-3", "--assign", "lee"], &[]).end().0.code(),
            Some(0)
        );
        assert_eq!(assigned(&folder), 3);
    }
}
