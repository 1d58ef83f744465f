//! Undo gives the state before a change, and a dry run changes nothing.

use huntcase::findings::{
    Author, Change, ChosenRule, Classification, FindingId, HuntChange, HuntStatus, Reopen, ReviewState,
    Status, change_findings, change_hunt, change_rule, open_hunt, review_devices, undo,
};
use huntcase::rules::Severity;
use proptest::prelude::*;

use super::bench::{Bench, Event, F1, OTHER};
use super::kinds::{Decision, Kind, decisions};
use super::picture::picture;
use super::steps::{Step, after, cases, steps};
use crate::support::assert_same;

/// Makes the change and takes it back; gives whether there was one to make.
fn make_and_undo(bench: &Bench, decision: Decision) -> bool {
    let before = picture(bench.case());
    if !decision.make(bench, bench.kim("because")) {
        return false;
    }
    undo(bench.case(), bench.kim("no")).unwrap();
    assert_same(&picture(bench.case()), &before, &format!("after undo of {decision:?}"));
    true
}

fn try_without_effect(bench: &Bench, decision: Decision) {
    let state = |bench: &Bench| format!("{}\n{} changes", picture(bench.case()), bench.change_count());
    let before = state(bench);
    decision.make(bench, Author { dry_run: true, ..bench.kim("because") });
    assert_same(&state(bench), &before, &format!("after a dry run of {decision:?}"));
    if decision.make(bench, bench.kim("because")) {
        let changed = state(bench);
        undo(bench.case(), Author { dry_run: true, ..bench.kim("") }).unwrap();
        assert_same(&state(bench), &changed, &format!("after a dry run of undoing {decision:?}"));
        undo(bench.case(), bench.kim("")).unwrap();
    }
}

fn states() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(steps(), 4..20)
}

proptest! {
    #![proptest_config(cases(8))]

    #[test]
    fn undo_after_any_kind_of_change_gives_the_state_before_it(steps in states(), which in 0..12_usize) {
        let mut bench = after(&steps);
        for kind in Kind::ALL {
            bench.wait("1h");
            make_and_undo(&bench, Decision { kind, which });
        }
    }

    #[test]
    fn a_dry_run_of_any_kind_of_change_or_of_undo_changes_nothing(steps in states(), which in 0..12_usize) {
        let mut bench = after(&steps);
        for kind in Kind::ALL {
            bench.wait("1h");
            try_without_effect(&bench, Decision { kind, which });
        }
    }

    #[test]
    fn undo_twice_gives_the_state_before_both_changes(
        steps in states(),
        pairs in prop::collection::vec((decisions(), decisions()), 8),
    ) {
        let mut bench = after(&steps);
        for (first, second) in pairs {
            bench.wait("1h");
            let before = picture(bench.case());
            let made = [first, second].map(|decision| decision.make(&bench, bench.kim("because")));
            for _ in made.iter().filter(|made| **made) {
                undo(bench.case(), bench.kim("no")).unwrap();
            }
            assert_same(&picture(bench.case()), &before, &format!("{first:?}, {second:?}"));
        }
    }
}

#[test]
fn every_kind_of_change_can_be_made_and_undone() {
    let mut missing: Vec<Kind> = Kind::ALL.to_vec();
    let ready = [Kind::Resolve, Kind::Tag, Kind::Review, Kind::Hide];
    for (which, prepared) in (0..12).flat_map(|which| ready.map(|kind| (which, kind))) {
        let steps: Vec<Step> =
            [Step::Ingest(3), Step::Run, Step::Decide(Decision { kind: prepared, which })].to_vec();
        let mut bench = after(&steps);
        missing.retain(|kind| {
            bench.wait("1h");
            !make_and_undo(&bench, Decision { kind: *kind, which })
        });
        if missing.is_empty() {
            break;
        }
    }
    assert_eq!(missing, []);
}

/// Two changes of one field; the first is kim's, the second lee's.
type Clash = (&'static str, fn(&Bench, Author<'_>, bool));

fn set(bench: &Bench, author: Author<'_>, change: Change) {
    change_findings(bench.case(), &[F1], &Change { force: true, ..change }, author).unwrap();
}

fn set_hunt(bench: &Bench, author: Author<'_>, change: &HuntChange<'_>) {
    change_hunt(bench.case(), bench.finding(F1).hunt.unwrap(), change, author).unwrap();
}

#[test]
fn undo_is_refused_where_somebody_else_has_changed_the_same_field_since() {
    let clashes: [Clash; 8] = [
        ("F-1 severity", |bench, author, first| {
            let severity = Some(if first { Severity::High } else { Severity::Medium });
            set(bench, author, Change { severity, ..Change::default() });
        }),
        ("F-1 assignedTo", |bench, author, first| {
            let assigned_to = Some(if first { "kim" } else { "" }.to_owned());
            set(bench, author, Change { assigned_to, ..Change::default() });
        }),
        ("F-1 status", |bench, author, first| {
            let status = Some(if first { Status::InProgress } else { Status::New });
            set(bench, author, Change { status, ..Change::default() });
        }),
        ("F-1 classification", |bench, author, first| {
            let classification =
                Some(if first { Classification::FalsePositive } else { Classification::Unknown });
            set(bench, author, Change { classification, ..Change::default() });
        }),
        ("H-2 status", |bench, author, first| {
            let status = Some(if first { HuntStatus::Closed } else { HuntStatus::Active });
            set_hunt(bench, author, &HuntChange { status, ..HuntChange::default() });
        }),
        ("H-2 name", |bench, author, first| {
            let name = Some(if first { "one" } else { "two" });
            set_hunt(bench, author, &HuntChange { name, ..HuntChange::default() });
        }),
        ("shells reopen", |bench, author, first| {
            let reopen = if first { Some(Reopen::Never) } else { None };
            let rule = bench.catalogue.find("shells").unwrap();
            change_rule(bench.case(), rule, reopen, author).unwrap();
        }),
        ("web01 review", |bench, author, first| {
            let state = if first { ReviewState::Reviewed } else { ReviewState::InReview };
            let hunt = bench.finding(F1).hunt.unwrap();
            review_devices(bench.case(), &["web01".to_owned()], state, &[hunt], author).unwrap();
        }),
    ];
    for (what, change) in clashes {
        let bench = Bench::with_finding();
        change(&bench, bench.kim("because"), true);
        change(&bench, bench.lee("because"), false);
        let before = picture(bench.case());
        let error = undo(bench.case(), bench.kim("no")).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{what} has been changed again since")), "{what}: {error}");
        assert_same(&picture(bench.case()), &before, what);
    }
}

#[test]
fn undo_of_what_a_run_has_changed_since_is_refused() {
    let mut bench = Bench::with_finding();
    bench.resolve(F1, Classification::FalsePositive);
    bench.bring(&[OTHER]);
    let error = undo(bench.case(), bench.kim("no")).unwrap_err().to_string();
    assert!(error.contains("has been changed again since"), "{error}");
}

#[test]
fn undo_does_not_resolve_again_what_has_got_evidence_since() {
    let mut bench = Bench::with_finding();
    bench.resolve(F1, Classification::FalsePositive);
    set(&bench, bench.kim(""), Change { status: Some(Status::InProgress), ..Change::default() });
    assert_eq!(bench.bring(&[OTHER]).len(), 1);
    let error = undo(bench.case(), bench.kim("no")).unwrap_err().to_string();
    assert!(error.starts_with("F-1 got new evidence since"), "{error}");
}

#[test]
fn undo_of_a_move_that_did_not_leave_resolved_is_free_of_new_evidence() {
    let mut bench = Bench::with_finding();
    set(&bench, bench.kim(""), Change { status: Some(Status::InProgress), ..Change::default() });
    bench.bring(&[OTHER]);
    undo(bench.case(), bench.kim("no")).unwrap();
    assert_eq!(bench.finding(F1).status, Status::New);
}

#[test]
fn undo_takes_back_nothing_of_another_analyst_or_of_a_run() {
    let bench = Bench::with_finding();
    let ids = [FindingId(1)];
    let change = Change { assigned_to: Some("lee".to_owned()), ..Change::default() };
    change_findings(bench.case(), &ids, &change, bench.lee("")).unwrap();
    let error = undo(bench.case(), bench.kim("no")).unwrap_err().to_string();
    assert_eq!(error, "there is no change by \"kim\" that can be undone");
}

#[test]
fn undo_of_several_changes_at_once_takes_back_all_or_none() {
    let mut bench = Bench::with_finding();
    bench.bring(&[Event { device: "web02", ..OTHER }]);
    let ids = [F1, FindingId(2)];
    let assign = |name: &str| Change { assigned_to: Some(name.to_owned()), ..Change::default() };
    change_findings(bench.case(), &ids, &assign("kim"), bench.kim("")).unwrap();
    change_findings(bench.case(), &ids[..1], &assign("lee"), bench.lee("")).unwrap();
    let before = picture(bench.case());
    assert!(undo(bench.case(), bench.kim("no")).is_err());
    assert_same(&picture(bench.case()), &before, "after a refused undo");
}

#[test]
fn a_hunt_does_not_get_a_name_back_that_another_has_by_now() {
    let bench = Bench::with_finding();
    let name = |name| HuntChange { name: Some(name), ..HuntChange::default() };
    set_hunt(&bench, bench.kim("because"), &name("mine"));
    let taken = open_hunt(bench.case(), &name("SHELLS"), bench.lee("because")).unwrap();
    let error = undo(bench.case(), bench.kim("no")).unwrap_err().to_string();
    assert_eq!(error, format!("{} is called \"SHELLS\" already", taken.id));
}

#[test]
fn opening_a_hunt_is_not_undone_once_somebody_else_has_given_it_a_rule() {
    let bench = Bench::with_finding();
    let name = HuntChange { name: Some("mine"), ..HuntChange::default() };
    let hunt = open_hunt(bench.case(), &name, bench.kim("because")).unwrap();
    let rules = vec![bench.catalogue.find("shells").unwrap()];
    let change =
        HuntChange { rules: rules.into_iter().map(ChosenRule::Sound).collect(), ..HuntChange::default() };
    change_hunt(bench.case(), hunt.id, &change, bench.lee("because")).unwrap();
    let before = picture(bench.case());
    let error = undo(bench.case(), bench.kim("no")).unwrap_err().to_string();
    assert!(error.starts_with(&format!("{} was given the rule shells since", hunt.id)), "{error}");
    assert_same(&picture(bench.case()), &before, "after a refused undo");
}
