//! What keys do to the case.

use super::*;
use crate::cli::triage::desk::Outcome;
use crate::findings::{
    Classification, Determination, Finding, HistoryEntry, Status, Subject, find_finding,
    list_finding_history, list_notes,
};

/// What was done to a finding on the desk.
fn deeds(bench: &Bench, id: i64) -> Vec<HistoryEntry> {
    let mut history = list_finding_history(&bench.case, FindingId(id)).unwrap();
    history.retain(|entry| entry.command == "triage");
    history
}

fn finding(bench: &Bench, id: i64) -> Finding {
    find_finding(&bench.case, FindingId(id), "kim").unwrap()
}

#[test]
fn a_verdict_resolves_the_finding_with_its_reason_and_goes_on() {
    let bench = Bench::with_three();
    let mut desk = bench.desk();
    press(&mut desk, "f1the agent\n");
    assert_eq!((desk.position(), message(&desk)), (1, "F-3 is resolved: False positive / Not malicious"));
    let resolved = finding(&bench, 3);
    assert_eq!(resolved.status, Status::Resolved);
    assert_eq!(resolved.classification, Classification::FalsePositive);
    assert_eq!(resolved.determination, Determination::NotMalicious);
    let history = deeds(&bench, 3);
    assert_eq!(history[0].field, "status");
    assert!(history.iter().all(|entry| entry.why == "the agent" && entry.by == "kim"), "{history:?}");
    press(&mut desk, "c\n\n");
    assert_eq!(finding(&bench, 2).classification, Classification::TruePositive);
    press(&mut desk, "B3\n");
    assert_eq!(finding(&bench, 1).determination, Determination::ConfirmedActivity);
    assert_eq!((desk.position(), desk.count(Outcome::Decided)), (3, 3));
}

#[test]
fn esc_takes_everything_back() {
    let bench = Bench::with_three();
    let before = finding(&bench, 3);
    let mut desk = bench.desk();
    for keys in ["f\u{1b}", "f1half a reason\u{1b}", "nhalf\u{1b}", "alee\u{1b}"] {
        press(&mut desk, keys);
        assert_eq!((desk.position(), message(&desk)), (0, "nothing changed"), "{keys:?}");
    }
    assert_eq!(finding(&bench, 3), before);
    assert_eq!(deeds(&bench, 3), []);
}

#[test]
fn a_note_and_an_assignee_stay_on_the_finding_and_work_in_progress_goes_on() {
    let bench = Bench::with_three();
    let mut desk = bench.desk();
    press(&mut desk, "nasked the ówner\na\n");
    assert_eq!((desk.position(), message(&desk)), (0, "F-3 is assigned to kim"));
    assert_eq!(list_notes(&bench.case, Subject::Finding(FindingId(3))).unwrap()[0].text, "asked the ówner");
    press(&mut desk, "alee\ni");
    assert_eq!((desk.position(), message(&desk)), (1, "F-3 is in progress"));
    let changed = finding(&bench, 3);
    assert_eq!((changed.status, changed.assigned_to.as_str()), (Status::InProgress, "lee"));
}

#[test]
fn skipping_and_going_back_walk_the_queue_and_change_nothing() {
    let bench = Bench::with_three();
    let mut desk = bench.desk();
    press(&mut desk, "<");
    assert_eq!(message(&desk), "this is the first finding");
    press(&mut desk, "ss<");
    assert_eq!((desk.position(), desk.count(Outcome::Skipped)), (1, 2));
    press(&mut desk, "sssss");
    assert_eq!((desk.position(), message(&desk)), (3, "this is the end of the queue"));
    press(&mut desk, "f1n");
    assert!(desk.question().is_none(), "nothing can be decided at the end");
    press(&mut desk, "<f1\n");
    assert_eq!(finding(&bench, 1).status, Status::Resolved);
    assert_eq!((desk.count(Outcome::Decided), desk.count(Outcome::Skipped)), (1, 2));
    assert_eq!(press(&mut desk, "q"), Step::Quit);
}

#[test]
fn a_finding_is_read_again_each_time_it_is_shown() {
    let bench = Bench::with_three();
    let mut desk = bench.desk();
    press(&mut desk, "f1\n<");
    assert_eq!(desk.shown().unwrap().finding.status, Status::Resolved);
}

#[test]
fn what_was_typed_is_kept_when_another_program_holds_the_case() {
    let bench = Bench::with_three();
    let other = Case::open(&bench.folder.path().join("case.db"), Access::Write).unwrap();
    let held = other.begin().unwrap();
    let mut desk = bench.desk();
    bench.case.connection().busy_timeout(std::time::Duration::ZERO).unwrap();
    press(&mut desk, "na long note\n");
    assert!(desk.message().unwrap().is_problem, "{}", message(&desk));
    drop(held);
    press(&mut desk, "\n");
    assert_eq!(message(&desk), "noted on F-3");
    assert_eq!(list_notes(&bench.case, Subject::Finding(FindingId(3))).unwrap()[0].text, "a long note");
}

#[test]
fn keys_held_with_control_and_pasted_texts_decide_nothing() {
    let bench = Bench::with_three();
    let mut desk = bench.desk();
    desk.press(KeyEvent::new(KeyCode::Char('f'), KeyModifiers::CONTROL));
    desk.paste("f1\n");
    assert_eq!((desk.position(), desk.question()), (0, None));
    press(&mut desk, "n");
    desk.paste("two\nlines");
    press(&mut desk, "\n");
    assert_eq!(list_notes(&bench.case, Subject::Finding(FindingId(3))).unwrap()[0].text, "two lines");
    assert_eq!(desk.press(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)), Step::Quit);
}

#[test]
fn a_screen_too_small_to_read_decides_nothing() {
    let bench = Bench::with_three();
    let mut desk = bench.desk();
    drawn(&mut desk, 20, 5);
    press(&mut desk, "f1\ni");
    assert_eq!((desk.position(), desk.question()), (0, None));
    assert_eq!(press(&mut desk, "q"), Step::Quit);
}
