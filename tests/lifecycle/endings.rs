//! What is left when a suppression is lifted, or taken back.

use huntcase::findings::{
    Action, Change, Classification, Scope, Status, change_findings, lift_suppression, list_suppressions, undo,
};

use super::bench::{Bench, Event, F1, OTHER, USUAL, resolved_as};
use super::suppressions::{F2, S1, hide_usual, resolve_account, shown_and_hidden, suppress, usual_command};
use crate::support::span;

#[test]
fn lifting_shows_what_was_hidden_only_where_that_is_asked_for() {
    for (restore, shown) in [(false, 0), (true, 2)] {
        let mut bench = Bench::with_finding();
        hide_usual(&bench);
        bench.bring(&[USUAL]);
        lift_suppression(bench.case(), S1, restore, bench.kim("over")).unwrap();
        assert_eq!(shown_and_hidden(&bench, F1).0, shown);
        bench.bring(&[USUAL]);
        assert_eq!(shown_and_hidden(&bench, F1).0, shown + 1, "it hides no more");
    }
}

#[test]
fn a_resolved_finding_is_opened_when_evidence_shows_that_was_hidden_then() {
    let mut bench = Bench::with_finding();
    hide_usual(&bench);
    bench.bring(&[OTHER]);
    bench.resolve(F1, Classification::FalsePositive);
    lift_suppression(bench.case(), S1, true, bench.kim("over")).unwrap();
    let finding = bench.finding(F1);
    assert_eq!((finding.status, finding.events, finding.reopen_count), (Status::New, 2, 1));
    assert_eq!(finding.former.unwrap().classification, Classification::FalsePositive);
}

#[test]
fn undoing_that_hidden_events_were_shown_again_hides_no_other_evidence() {
    let mut bench = Bench::with_finding();
    hide_usual(&bench);
    bench.bring(&[OTHER]);
    lift_suppression(bench.case(), S1, true, bench.kim("over")).unwrap();
    undo(bench.case(), bench.kim("")).unwrap();
    assert_eq!(shown_and_hidden(&bench, F1), (1, vec![S1]));
}

#[test]
fn a_verdict_of_a_suppression_does_not_lapse_when_one_before_it_would_have() {
    let bench = Bench::with_finding();
    let until = Some(Some(bench.now.plus(span("30m"))));
    let change = Change {
        classification: Some(Classification::FalsePositive),
        verdict_until: until,
        ..Change::default()
    };
    bench.set(F1, &change).unwrap();
    resolve_account(&bench);
    assert_eq!(bench.finding(F1).verdict_until, None);
}

#[test]
fn undoing_a_suppression_shows_what_runs_have_hidden_under_it_too() {
    let mut bench = Bench::with_finding();
    hide_usual(&bench);
    bench.bring(&[USUAL, Event { device: "web02", ..USUAL }]);
    undo(bench.case(), bench.kim("")).unwrap();
    assert_eq!((shown_and_hidden(&bench, F1), shown_and_hidden(&bench, F2)), ((2, vec![]), (1, vec![])));
    assert_eq!(bench.finding(F2).created_at, Some(bench.now), "it is raised with that");
}

#[test]
fn showing_again_what_a_suppression_kept_away_opens_what_it_resolved_and_no_person_judged() {
    for is_judged in [false, true] {
        let mut bench = Bench::with_finding();
        suppress(&bench, Action::Resolve, usual_command(), "30d");
        bench.bring(&[Event { device: "web02", ..USUAL }]);
        if is_judged {
            for id in [F1, F2] {
                bench.resolve(id, Classification::FalsePositive);
            }
        }
        lift_suppression(bench.case(), S1, true, bench.kim("over")).unwrap();
        let expected = if is_judged { Status::Resolved } else { Status::New };
        assert_eq!([F1, F2].map(|id| bench.finding(id).status), [expected; 2]);
    }
}

#[test]
fn a_person_whose_reason_reads_like_a_suppression_is_no_suppression() {
    let bench = Bench::with_finding();
    suppress(&bench, Action::Hide, Scope { account: Some("nobody".to_owned()), ..Scope::default() }, "30d");
    let change = resolved_as(Classification::FalsePositive);
    change_findings(bench.case(), &[F1], &change, bench.kim("S-1: as it says")).unwrap();
    lift_suppression(bench.case(), S1, true, bench.kim("over")).unwrap();
    assert_eq!(bench.finding(F1).status, Status::Resolved);
}

#[test]
fn what_came_after_hidden_events_were_shown_stays_raised_when_that_is_undone() {
    let mut bench = Bench::with_finding();
    hide_usual(&bench);
    let [usual, other] = [USUAL, OTHER].map(|event| Event { device: "web02", ..event });
    bench.bring(&[usual]);
    lift_suppression(bench.case(), S1, true, bench.kim("over")).unwrap();
    bench.bring(&[other]);
    undo(bench.case(), bench.kim("")).unwrap();
    assert_eq!(shown_and_hidden(&bench, F2), (1, vec![S1]));
    assert_eq!(bench.finding(F2).created_at, Some(bench.now));
}

#[test]
fn a_suppression_that_was_taken_back_leaves_no_mark() {
    for action in [Action::Hide, Action::Resolve] {
        let bench = Bench::with_finding();
        suppress(&bench, action, usual_command(), "30d");
        undo(bench.case(), bench.kim("")).unwrap();
        suppress(&bench, action, usual_command(), "30d");
        assert!(bench.history().iter().all(|entry| entry.field != "coveredBy"), "{action}");
    }
}

#[test]
fn a_suppression_is_lifted_once() {
    let bench = Bench::with_finding();
    hide_usual(&bench);
    lift_suppression(bench.case(), S1, false, bench.kim("over")).unwrap();
    let error = lift_suppression(bench.case(), S1, false, bench.kim("over")).unwrap_err();
    assert_eq!(error.to_string(), "S-1 is lifted already; --restore shows what it hid");
    let shown = lift_suppression(bench.case(), S1, true, bench.kim("over")).unwrap();
    assert_eq!((shown.findings.len(), bench.finding(F1).events), (1, 1));
}

#[test]
fn evidence_goes_back_to_the_suppression_that_covered_it_before_one_that_is_taken_back() {
    for action in [Action::Hide, Action::Resolve] {
        let bench = Bench::with_finding();
        hide_usual(&bench);
        lift_suppression(bench.case(), S1, true, bench.kim("over")).unwrap();
        let before = list_suppressions(bench.case()).unwrap();
        suppress(&bench, action, usual_command(), "30d");
        undo(bench.case(), bench.kim("")).unwrap();
        assert_eq!(list_suppressions(bench.case()).unwrap(), before, "{action}");
        undo(bench.case(), bench.kim("")).unwrap();
        assert_eq!(shown_and_hidden(&bench, F1), (0, vec![S1]), "{action}");
    }
}
