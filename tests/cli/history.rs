//! `huntcase history` and `huntcase undo`

use super::support::{Folder, assert_expected, assert_formats_agree};

fn decided() -> Folder {
    let folder = Folder::with_case();
    folder.run(&["set", "F-2", "--status", "in-progress", "--assign", "kim", "--tag", "+urgent"]).code(0);
    folder.run(&["note", "F-2", "image taken", "--as", "lee"]).code(0);
    folder.run(&["devices", "review", "dc01", "--comment", "nothing found", "--as", "lee"]).code(0);
    folder
}

#[test]
fn every_change_is_listed_with_who_when_and_why() {
    let folder = decided();
    assert_expected("history.txt", &folder.run(&["history"]).code(0).text());
    let rows = folder.run(&["history", "--format", "jsonl"]).code(0).stdout;
    let first: serde_json::Value = serde_json::from_str(rows.lines().last().unwrap()).unwrap();
    assert_eq!((&first["command"], &first["what"]), (&"devices review".into(), &"dc01.example.com".into()));
    assert_eq!((&first["why"], &first["kind"]), (&"nothing found".into(), &"device".into()));
}

#[test]
fn all_formats_give_the_same_rows() {
    assert_formats_agree(&decided(), &["history", "web01", "--by", "lee"], "history");
}

#[test]
fn changes_are_chosen_by_subject_analyst_and_time() {
    let folder = decided();
    let whats = |arguments: &[&str]| {
        let rows = folder.run(&[&["history", "--format", "jsonl"], arguments].concat()).code(0).stdout;
        let field = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["field"].clone();
        rows.lines().map(field).map(|field| field.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let of_finding = ["severity", "createdAt", "status", "assignedTo", "tag", "note"];
    assert_eq!(whats(&["F-2"]), of_finding);
    assert_eq!(whats(&["web01"]), of_finding, "of the device");
    assert_eq!(whats(&["dc01.example.com"]), ["review"]);
    assert_eq!(whats(&["--by", "lee"]), ["note", "review"]);
    assert_eq!(whats(&["F-2", "--by", "lee"]), ["note"]);
    assert_eq!(whats(&["--since", "2026-05-07T08:00:00Z"]).len(), whats(&[]).len());
    assert!(!whats(&[]).is_empty());
    assert!(whats(&["--since", "1h", "--now", "2026-05-07T10:00:00Z"]).is_empty());
}

#[test]
fn a_subject_that_is_not_there_and_a_time_to_come_are_refused() {
    let folder = decided();
    for (arguments, said) in [
        (&["F-9"][..], "no finding \"F-9\", expected F-1 to F-3"),
        (&["H-9"], "no hunt \"H-9\""),
        (&["nope"], "no rule or device \"nope\", expected one of 8, such as detect-suspicious"),
        (&["--since", "2027-01-01"], "is in the future"),
        (&["--since", "soon"], "expected a span such as 7d, a date"),
    ] {
        let ran = folder.run(&[&["history"], arguments].concat()).code(2);
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn an_analysts_last_change_is_taken_back_and_then_the_one_before() {
    let folder = decided();
    let tried = folder.run(&["undo", "--dry-run", "--as", "lee"]).code(0);
    assert_eq!(tried.stderr, "would take back your last change, made with devices review\n");
    let undone = folder.run(&["undo", "--as", "lee", "--why", "the wrong device"]).code(0);
    assert_eq!(undone.stderr, "took back your last change, made with devices review\n");
    assert!(folder.run(&["devices"]).stderr.contains("reviewed 0 of 7"));
    folder.run(&["undo", "--as", "lee"]).code(0);
    let shown = folder.run(&["show", "F-2", "--json"]).json();
    assert_eq!(shown["finding"]["notes"], serde_json::json!([]));
    assert_eq!(shown["finding"]["status"], "inProgress", "kim's change stands");
    let nothing = folder.run(&["undo", "--as", "lee"]).code(2);
    assert_eq!(nothing.stderr, "error: there is no change by \"lee\" that can be undone\n");
}

#[test]
fn what_was_undone_has_a_history_all_the_same() {
    let folder = Folder::with_case();
    folder.run(&["hunt", "open", "May"]).code(0);
    folder.run(&["undo"]).code(0);
    assert!(!folder.run(&["hunt", "list"]).code(0).stdout.contains("May"));
    assert!(folder.run(&["history", "H-2"]).code(0).stdout.contains("May"));
}

#[test]
fn what_somebody_changed_again_is_not_undone() {
    let folder = decided();
    folder.run(&["set", "F-2", "--status", "new", "--as", "lee", "--force"]).code(0);
    let refused = folder.run(&["undo"]).code(2);
    assert!(
        refused.stderr.contains("F-2 status has been changed again since, to \"new\""),
        "{}",
        refused.stderr
    );
    let shown = folder.run(&["show", "F-2", "--json"]).json();
    assert_eq!(
        (&shown["finding"]["status"], &shown["finding"]["assignedTo"]),
        (&"new".into(), &"kim".into())
    );
}

#[test]
fn a_history_that_shows_nothing_says_what_there_is_without_its_options() {
    let folder = Folder::with_case();
    folder.run(&["set", "F-1", "--assign", "lee"]).code(0);
    let none = folder.run(&["history", "F-1", "--by", "lee"]).code(0);
    assert!(none.stderr.starts_with("no change of this kind; "), "{}", none.stderr);
    assert!(none.stderr.ends_with(" without --by\n"), "{}", none.stderr);
}
