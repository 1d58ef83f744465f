//! What people have judged, against suppressions and undo.

use huntcase::findings::{
    Action, Change, ChosenRule, Classification, CommandTest, Determination, FindingId, HuntChange,
    NewSuppression, Reopen, ReviewState, Scope, Status, SuppressionId, WhatChanged, add_suppression,
    change_findings, lift_suppression, open_hunt, review_devices, undo,
};

use super::bench::{Bench, Event, F1, OTHER, USUAL};
use crate::support::span;

const F2: FindingId = FindingId(2);
const S1: SuppressionId = SuppressionId(1);
const BENIGN: Classification = Classification::InformationalExpectedActivity;

/// Resolves whatever the device `web01` does with a verdict, or hides one command line.
fn suppress(bench: &Bench, action: Action, classification: Classification, scope: Scope) {
    let determination = match classification {
        Classification::Unknown => Determination::Unknown,
        _ => Determination::Other,
    };
    let rule_key = bench.finding(F1).rule_key;
    let new = NewSuppression { rule_key, scope, action, classification, determination, expires_at: None };
    add_suppression(bench.case(), &new, bench.kim("known")).unwrap();
}

fn device(bench: &Bench) -> Scope {
    let finding = bench.finding(F1);
    Scope { device: Some((finding.device_key, finding.device_name)), ..Scope::default() }
}

fn hide_other(bench: &Bench) {
    let command = CommandTest { operator: "==".to_owned(), text: OTHER.command.to_owned() };
    let scope = Scope { command: Some(command), ..Scope::default() };
    suppress(bench, Action::Hide, Classification::Unknown, scope);
}

#[test]
fn a_suppression_does_not_uphold_what_a_person_has_judged() {
    for (verdict, change) in [
        (Classification::TruePositive, Change::default()),
        (BENIGN, Change { verdict_until: Some(None), ..Change::default() }),
    ] {
        let mut bench = Bench::with_finding();
        bench.resolve(F1, verdict);
        bench.set(F1, &change).unwrap();
        suppress(&bench, Action::Resolve, verdict, device(&bench));
        assert_eq!(bench.bring(&[OTHER]), [(F1, WhatChanged::Reopened, 1)], "{verdict}");
    }
}

#[test]
fn a_person_who_touches_the_verdict_of_a_suppression_makes_it_their_own() {
    let mut bench = Bench::with_finding();
    suppress(&bench, Action::Resolve, BENIGN, device(&bench));
    assert_eq!(bench.bring(&[OTHER]), [(F1, WhatChanged::Repeated, 1)]);
    let until = Some(Some(bench.now.plus(span("30d"))));
    bench.set(F1, &Change { verdict_until: until, ..Change::default() }).unwrap();
    lift_suppression(bench.case(), S1, true, bench.lee("")).unwrap();
    assert_eq!(
        (bench.finding(F1).status, bench.finding(F1).verdict_until),
        (Status::Resolved, until.flatten())
    );
}

#[test]
fn taking_a_hiding_suppression_back_opens_what_was_resolved_meanwhile() {
    let mut bench = Bench::with_finding();
    hide_other(&bench);
    bench.bring(&[OTHER]);
    change_findings(
        bench.case(),
        &[F1],
        &Change { status: Some(Status::Resolved), classification: Some(BENIGN), ..Change::default() },
        bench.lee(""),
    )
    .unwrap();
    undo(bench.case(), bench.kim("")).unwrap();
    assert_eq!((bench.finding(F1).status, bench.finding(F1).events), (Status::New, 2));
}

#[test]
fn hidden_evidence_that_is_more_of_the_same_opens_nothing_when_it_shows() {
    let mut bench = Bench::with_finding();
    bench.bring(&[OTHER]);
    bench.resolve(F1, BENIGN);
    hide_other(&bench);
    bench.bring(&[OTHER]);
    lift_suppression(bench.case(), S1, true, bench.kim("")).unwrap();
    assert_eq!((bench.finding(F1).status, bench.finding(F1).events), (Status::Resolved, 3));
}

#[test]
fn what_was_lifted_without_showing_can_be_shown_later() {
    let mut bench = Bench::with_finding();
    hide_other(&bench);
    bench.bring(&[OTHER]);
    lift_suppression(bench.case(), S1, false, bench.kim("")).unwrap();
    assert_eq!(bench.finding(F1).hidden_events, 1);
    lift_suppression(bench.case(), S1, true, bench.kim("")).unwrap();
    assert_eq!(bench.finding(F1).hidden_events, 0);
}

#[test]
fn resolving_is_not_redone_over_evidence_that_only_shows_since() {
    let mut bench = Bench::with_finding();
    hide_other(&bench);
    bench.bring(&[OTHER]);
    bench.resolve(F1, BENIGN);
    bench.set(F1, &Change { status: Some(Status::InProgress), ..Change::default() }).unwrap();
    lift_suppression(bench.case(), S1, true, bench.lee("")).unwrap();
    let error = undo(bench.case(), bench.kim("")).unwrap_err().to_string();
    assert!(error.starts_with("F-1 got new evidence since"), "{error}");
}

#[test]
fn a_finding_that_somebody_judged_is_not_made_unseen_again() {
    let mut bench = Bench::with_finding();
    hide_other(&bench);
    bench.bring(&[Event { device: "web02", ..OTHER }]);
    lift_suppression(bench.case(), S1, true, bench.kim("")).unwrap();
    let resolved =
        Change { status: Some(Status::Resolved), classification: Some(BENIGN), ..Change::default() };
    change_findings(bench.case(), &[F2], &resolved, bench.lee("")).unwrap();
    assert!(undo(bench.case(), bench.kim("")).is_err());
    assert_eq!(bench.finding(F2).status, Status::Resolved);
}

#[test]
fn a_finding_that_another_follows_is_not_opened_again_by_undo() {
    let mut bench = Bench::with_finding();
    bench.set_hunt_policy(Reopen::Never);
    bench.resolve(F1, BENIGN);
    assert_eq!(bench.bring(&[OTHER]), [(F2, WhatChanged::New, 1)]);
    let error = undo(bench.case(), bench.kim("")).unwrap_err().to_string();
    assert_eq!(error, "F-1 is followed by F-2 since; nothing is undone");
}

#[test]
fn a_finding_that_follows_another_keeps_the_verdict_in_view_that_the_other_had_then() {
    let mut bench = Bench::with_finding();
    bench.set_hunt_policy(Reopen::Never);
    bench.resolve(F1, BENIGN);
    let judged_at = bench.now;
    bench.bring(&[OTHER]);
    let changed =
        Change { classification: Some(Classification::TruePositive), force: true, ..Change::default() };
    change_findings(bench.case(), &[F1], &changed, bench.lee("")).unwrap();
    let former = bench.finding(F2).former.unwrap();
    assert_eq!((former.classification, former.by.as_str(), former.at), (BENIGN, "kim", judged_at));
}

#[test]
fn who_judged_is_told_without_what_was_undone() {
    let mut bench = Bench::with_finding();
    bench.resolve(F1, BENIGN);
    let judged_at = bench.now;
    bench.wait("1h");
    let changed =
        Change { classification: Some(Classification::TruePositive), force: true, ..Change::default() };
    change_findings(bench.case(), &[F1], &changed, bench.lee("")).unwrap();
    undo(bench.case(), bench.lee("")).unwrap();
    bench.bring(&[OTHER]);
    let former = bench.finding(F1).former.unwrap();
    assert_eq!((former.classification, former.by.as_str(), former.at), (BENIGN, "kim", judged_at));
}

#[test]
fn a_rule_that_has_run_is_not_left_without_a_hunt() {
    let rule = Bench::new().catalogue.find("networks").unwrap().clone();
    let change = HuntChange {
        name: Some("networks first"),
        rules: vec![ChosenRule::Sound(&rule)],
        ..HuntChange::default()
    };
    let opened = Bench::new();
    open_hunt(opened.case(), &change, opened.kim("")).unwrap();
    undo(opened.case(), opened.kim("")).unwrap();
    let mut opened = Bench::new();
    open_hunt(opened.case(), &change, opened.kim("")).unwrap();
    opened.bring(&[USUAL]);
    let error = undo(opened.case(), opened.kim("")).unwrap_err().to_string();
    assert!(error.starts_with("networks has run since"), "{error}");
}

#[test]
fn a_review_in_a_hunt_whose_opening_was_undone_is_not_brought_back() {
    let bench = Bench::with_finding();
    let change = HuntChange { name: Some("two"), ..HuntChange::default() };
    let hunt = open_hunt(bench.case(), &change, bench.kim("")).unwrap().id;
    let web01 = ["web01".to_owned()];
    for state in [ReviewState::Reviewed, ReviewState::NotReviewed] {
        review_devices(bench.case(), &web01, state, &[hunt], bench.lee("")).unwrap();
    }
    undo(bench.case(), bench.kim("")).unwrap();
    let error = undo(bench.case(), bench.lee("")).unwrap_err().to_string();
    assert!(error.contains("the opening of H-3 was undone"), "{error}");
}

#[test]
fn whoever_never_looked_does_not_replace_somebody_elses_verdict() {
    let bench = Bench::with_finding();
    bench.resolve(F1, BENIGN);
    let set = |change: &Change| change_findings(bench.case(), &[F1], change, bench.lee(""));
    let verdict = |classification| Change { classification: Some(classification), ..Change::default() };
    let false_positive = verdict(Classification::FalsePositive);
    let until = Change { verdict_until: Some(Some(bench.now.plus(span("1d")))), ..Change::default() };
    let determination = Change { determination: Some(Determination::ConfirmedActivity), ..Change::default() };
    for change in [&false_positive, &until, &determination] {
        let error = set(change).unwrap_err().to_string();
        assert!(
            error.starts_with("F-1: kim concluded Informational, expected activity / Other at"),
            "{error}"
        );
        assert!(error.contains(", because \"because\"; look"), "{error}");
    }
    // What decides about something else is no look at the verdict.
    set(&Change { assigned_to: Some("lee".to_owned()), ..Change::default() }).unwrap();
    set(&false_positive).unwrap_err();
    // The same verdict takes nothing from anybody.
    set(&verdict(BENIGN)).unwrap();
    let forced = Change { force: true, ..false_positive };
    assert_eq!(set(&forced).unwrap().meanwhile.len(), 1, "what it replaces is said");
    assert_eq!(bench.finding(F1).classification, Classification::FalsePositive);
}

#[test]
fn what_is_no_verdict_stands_in_the_way_of_none() {
    let bench = Bench::with_finding();
    bench.set(F1, &Change { assigned_to: Some("max".to_owned()), ..Change::default() }).unwrap();
    bench.resolve(F1, Classification::Unknown);
    let tp = Change { classification: Some(Classification::TruePositive), ..Change::default() };
    change_findings(bench.case(), &[F1], &tp, bench.lee("")).unwrap();
}
