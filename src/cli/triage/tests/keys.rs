//! What keys do to the case.

use super::*;
use crate::cli::triage::desk::Outcome;
use crate::findings::{
    Author, Change, Classification, CommandTest, Determination, Finding, HistoryEntry, Status, Subject,
    change_findings, find_finding, list_finding_history, list_notes, list_suppressions,
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
    let mut desk = bench.desk();
    let before = finding(&bench, 3);
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
    drawn(&mut desk, 80, 24);
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

#[test]
fn undo_takes_back_what_was_done_here_step_by_step_and_nothing_else() {
    let bench = Bench::with_three();
    let mut desk = bench.desk();
    press(&mut desk, "alee\n");
    let mut desk = bench.desk();
    press(&mut desk, "u");
    assert_eq!(message(&desk), "nothing was changed here; huntcase undo takes back what you did before");
    press(&mut desk, "f1\nc4a web shell\nu");
    assert_eq!(
        (desk.position(), message(&desk)),
        (1, "taken back: F-2 kim  status: New -> Resolved  (a web shell)")
    );
    assert_eq!((finding(&bench, 2).status, desk.count(Outcome::Decided)), (Status::New, 1));
    press(&mut desk, "u");
    let first = finding(&bench, 3);
    assert_eq!((desk.position(), first.status, first.assigned_to.as_str()), (0, Status::New, "lee"));
    press(&mut desk, "u");
    assert!(message(&desk).starts_with("nothing was changed here"), "{}", message(&desk));
    assert_eq!(finding(&bench, 3).assigned_to, "lee", "what was done before is left alone");
}

#[test]
fn undo_leaves_alone_what_the_analyst_did_elsewhere_meanwhile() {
    let bench = Bench::with_three();
    let mut desk = bench.desk();
    press(&mut desk, "f1\n");
    let change = Change { assigned_to: Some("lee".to_owned()), ..Change::default() };
    let author = Author { by: "kim", at: now(), command: "set", why: "", dry_run: false };
    change_findings(&bench.case, &[FindingId(1)], &change, author).unwrap();
    press(&mut desk, "u");
    assert_eq!(message(&desk), "your last change was made elsewhere; huntcase undo takes it back");
    assert_eq!(finding(&bench, 1).assigned_to, "lee");
}

#[test]
fn a_verdict_over_anothers_is_refused_until_it_was_seen() {
    let bench = Bench::with_three();
    let mut desk = bench.desk();
    drawn(&mut desk, 80, 24);
    let change = Change {
        status: Some(Status::Resolved),
        classification: Some(Classification::TruePositive),
        ..Change::default()
    };
    let author = Author { by: "lee", at: now(), command: "set", why: "", dry_run: false };
    change_findings(&bench.case, &[FindingId(3)], &change, author).unwrap();
    press(&mut desk, "f1agent\n");
    assert!(message(&desk).contains("lee set "), "{}", message(&desk));
    assert_eq!(desk.shown().unwrap().finding.classification, Classification::TruePositive, "it is seen now");
    assert_eq!(finding(&bench, 3).classification, Classification::TruePositive);
    assert!(drawn(&mut desk, 80, 24).contains("Verdict     True positive"));
    press(&mut desk, "\n");
    assert_eq!(finding(&bench, 3).classification, Classification::FalsePositive);
}

#[test]
fn a_suppression_hides_the_findings_that_it_covers_and_goes_on() {
    let bench = Bench::with_three();
    let mut desk = bench.desk();
    press(&mut desk, "xdhealth check\n2020-01-01\n");
    assert!(desk.message().unwrap().is_problem && desk.question().is_some(), "{}", message(&desk));
    press(&mut desk, "\u{1b}xdhealth check\n30d\n");
    assert_eq!((desk.position(), message(&desk)), (1, "S-1 hides F-3"));
    let suppression = &list_suppressions(&bench.case).unwrap()[0];
    let command = CommandTest { operator: "==".to_owned(), text: "cmd.exe /c \"ping -n 4 db06\"".to_owned() };
    assert_eq!(suppression.scope.command, Some(command));
    assert_eq!(suppression.scope.device.as_ref().unwrap().1, "web03.example.com");
    assert_eq!(
        (suppression.why.as_str(), suppression.expires_at),
        ("health check", Some(at("2026-06-06T08:00:00Z")))
    );
    assert_eq!(finding(&bench, 3).events, 0);
    press(&mut desk, "u");
    assert_eq!((desk.position(), finding(&bench, 3).events), (0, 2));
    press(&mut desk, "xcour agent\nnever\n");
    assert_eq!(list_suppressions(&bench.case).unwrap().last().unwrap().scope.device, None);
}

#[test]
fn what_a_suppression_would_hide_is_said_before_and_forgotten_with_it() {
    let bench = Bench::with(&[event(1, "web01", "cmd /c whoami"), event(2, "web02", "cmd /c whoami")]);
    let mut desk = bench.desk();
    press(&mut desk, "xd");
    assert_eq!(desk.preview(), Some("Hides 1 open finding now"));
    press(&mut desk, "\u{1b}xcagent\n");
    assert_eq!(desk.preview(), Some("Hides 2 open findings now"));
    assert_eq!(list_suppressions(&bench.case).unwrap(), []);
    press(&mut desk, "\u{1b}");
    assert_eq!(desk.preview(), None);
}

#[test]
fn the_reason_that_was_given_last_is_recalled_where_none_is_typed() {
    let bench = Bench::with_three();
    let mut desk = bench.desk();
    let up = KeyEvent::new(KeyCode::Up, KeyModifiers::NONE);
    press(&mut desk, "f1");
    desk.press(up);
    press(&mut desk, "the agent\n");
    press(&mut desk, "f1");
    desk.press(up);
    press(&mut desk, "\n");
    press(&mut desk, "f1mine");
    desk.press(up);
    press(&mut desk, "\n");
    let why = |id| deeds(&bench, id)[0].why.clone();
    assert_eq!([why(3), why(2), why(1)], ["the agent", "the agent", "mine"]);
}

#[test]
fn a_suppression_spares_a_finding_that_holds_other_evidence() {
    let bench = Bench::with(&[event(1, "web01", "cmd /c whoami"), event(2, "web01", "cmd /c ping a")]);
    let mut desk = bench.desk();
    press(&mut desk, "xdmonitor\nnever\n");
    assert_eq!(
        (desk.position(), message(&desk)),
        (0, "S-1 hides 0 findings; F-1 holds other evidence too, and stays")
    );
}

#[test]
fn what_is_new_is_new_once_and_as_long_as_it_is_looked_at() {
    let mut bench = Bench::with_three();
    let mut desk = bench.desk();
    drawn(&mut desk, 80, 24);
    press(&mut desk, "nfirst\n");
    assert!(desk.shown().unwrap().finding.unseen.is_new, "a note is no look of its own");
    drawn(&mut desk, 80, 24);
    press(&mut desk, "s<");
    assert!(!desk.shown().unwrap().finding.unseen.is_any());
    drop(desk);
    bench.add(
        "second.csv",
        &[event(5, "web03", "cmd.exe /c \"ping -n 4 db06\""), event(6, "web03", "cmd /c whoami")],
    );
    let mut desk = bench.desk();
    let new = |desk: &Desk<'_>| {
        desk.shown().unwrap().groups.iter().map(|group| group.new_events).collect::<Vec<_>>()
    };
    assert_eq!((desk.shown().unwrap().finding.unseen.events, new(&desk)), (2, vec![1, 1]));
    let screen = drawn(&mut desk, 80, 24);
    assert!(screen.contains("New         2 events, marked *, since you looked"), "{screen}");
    assert!(
        screen.contains("* 2026-05-04 02:06:08Z  process cmd.exe; parent w3wp.exe; has whoami"),
        "{screen}"
    );
    assert!(screen.contains("* 1 new: 2026-05-04 02:03:08Z to 2026-05-04 02:05:08Z, 3 events"), "{screen}");
    press(&mut desk, "alee\n");
    assert_eq!(new(&desk), [1, 1]);
    drawn(&mut desk, 80, 24);
    assert_eq!(new(&bench.desk()), [0, 0]);
}

#[test]
fn the_verdict_before_new_evidence_and_its_reason_are_shown() {
    let mut bench = Bench::with_three();
    press(&mut bench.desk(), "f1the health check\n");
    bench.add("second.csv", &[event(6, "web03", "cmd /c whoami")]);
    let mut desk = bench.desk();
    let screen = drawn(&mut desk, 80, 24);
    assert!(screen.contains("Not set (was False positive / Not malicious, kim,"), "{screen}");
    assert!(screen.contains("Reason      the health check"), "{screen}");
    assert!(screen.contains("New, reopened once"), "{screen}");
}
