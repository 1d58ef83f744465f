//! Suppressions, verdicts, undo and runs that meet on one finding.

use huntcase::findings::{
    Action, Classification, CommandTest, Determination, FindingId, HuntChange, NewSuppression, Reopen, Scope,
    Stale, Status, Suppressed, SuppressionId, WhatChanged, add_suppression, change_findings, change_hunt,
    lift_suppression, list_devices, list_findings, open_hunt, review_devices, undo,
};
use huntcase::findings::{Change, ReviewState};
use huntcase::rules::Severity;

use super::bench::{Bench, Event, F1, OTHER, USUAL};
use crate::support::span;

const F2: FindingId = FindingId(2);
const S1: SuppressionId = SuppressionId(1);
const FALSE_POSITIVE: Classification = Classification::FalsePositive;
const THIRD: Event = Event { command: "cmd.exe /c systeminfo", ..USUAL };

/// Suppresses one command line of the rule `shells` for two days.
fn suppress(bench: &Bench, action: Action, command: &str) -> Suppressed {
    let (classification, determination) = match action {
        Action::Hide => (Classification::Unknown, Determination::Unknown),
        Action::Resolve => (FALSE_POSITIVE, Determination::NotMalicious),
    };
    let command = CommandTest { operator: "==".to_owned(), text: command.to_owned() };
    let new = NewSuppression {
        rule_key: bench.finding(F1).rule_key,
        scope: Scope { command: Some(command), ..Scope::default() },
        action,
        classification,
        determination,
        expires_at: Some(bench.now.plus(span("2d"))),
    };
    add_suppression(bench.case(), &new, bench.kim("known")).unwrap()
}

fn counts(bench: &Bench, id: FindingId) -> (i64, i64) {
    let finding = bench.finding(id);
    (finding.events, finding.hidden_events)
}

#[test]
fn undoing_that_hidden_evidence_shows_again_hides_nothing_else() {
    let mut bench = Bench::with_finding();
    suppress(&bench, Action::Hide, OTHER.command);
    bench.bring(&[OTHER]);
    lift_suppression(bench.case(), S1, true, bench.kim("gone")).unwrap();
    bench.bring(&[THIRD, OTHER]);
    assert_eq!(counts(&bench, F1), (4, 0));
    undo(bench.case(), bench.kim("")).unwrap();
    assert_eq!(counts(&bench, F1), (3, 1));
}

#[test]
fn a_finding_that_first_showed_by_a_lifting_stays_raised_when_a_run_brought_more_before_that_is_undone() {
    let mut bench = Bench::with_finding();
    suppress(&bench, Action::Hide, OTHER.command);
    let other_device = Event { device: "web02", ..OTHER };
    bench.bring(&[other_device]);
    lift_suppression(bench.case(), S1, true, bench.kim("gone")).unwrap();
    bench.bring(&[Event { device: "web02", ..THIRD }]);
    undo(bench.case(), bench.kim("")).unwrap();
    assert_eq!((counts(&bench, F2), bench.finding(F2).created_at), ((1, 1), Some(bench.now)));
    assert_eq!(bench.bring(&[Event { device: "web02", ..USUAL }]), [(F2, WhatChanged::Updated, 1)]);
}

#[test]
fn hidden_evidence_that_shows_again_opens_a_finding_that_was_resolved_without_it() {
    let mut bench = Bench::with_finding();
    bench.resolve(F1, Classification::TruePositive);
    suppress(&bench, Action::Hide, OTHER.command);
    assert_eq!(bench.bring(&[OTHER]), []);
    lift_suppression(bench.case(), S1, true, bench.kim("gone")).unwrap();
    let finding = bench.finding(F1);
    assert_eq!(
        (finding.status, finding.classification, finding.reopen_count),
        (Status::New, Classification::Unknown, 1)
    );
    let former = finding.former.unwrap();
    assert_eq!((former.classification, former.by.as_str()), (Classification::TruePositive, "kim"));
}

#[test]
fn taking_a_resolving_suppression_back_opens_what_runs_resolved_under_it() {
    for restored in [true, false] {
        let mut bench = Bench::with_finding();
        suppress(&bench, Action::Resolve, OTHER.command);
        bench.bring(&[Event { device: "web02", ..OTHER }]);
        assert_eq!(bench.finding(F2).status, Status::Resolved);
        match restored {
            true => drop(undo(bench.case(), bench.kim("")).unwrap()),
            false => drop(lift_suppression(bench.case(), S1, false, bench.kim("")).unwrap()),
        }
        let expected = if restored { Status::New } else { Status::Resolved };
        assert_eq!(bench.finding(F2).status, expected, "only what is taken back is opened");
        assert_eq!(bench.finding(F1).status, Status::New, "another finding is left alone");
    }
}

#[test]
fn hidden_evidence_is_no_other_evidence_to_a_suppression_that_resolves() {
    let mut bench = Bench::with_finding();
    suppress(&bench, Action::Hide, OTHER.command);
    suppress(&bench, Action::Resolve, THIRD.command);
    let on_other = |event: Event| Event { device: "web02", ..event };
    bench.bring(&[on_other(OTHER), on_other(THIRD)]);
    assert_eq!((bench.finding(F2).status, counts(&bench, F2)), (Status::Resolved, (1, 1)));
    let account = Event { account: "another", ..on_other(THIRD) };
    assert_eq!(bench.bring(&[account]), [(F2, WhatChanged::Repeated, 1)]);
}

#[test]
fn a_suppression_that_follows_one_that_has_ended_covers_what_that_covered() {
    let mut bench = Bench::with_finding();
    suppress(&bench, Action::Resolve, USUAL.command);
    assert_eq!(bench.finding(F1).status, Status::Resolved);
    bench.wait("3d");
    suppress(&bench, Action::Resolve, USUAL.command);
    let account = |account| Event { account, ..USUAL };
    assert_eq!(bench.bring(&[account("another")]), [(F1, WhatChanged::Repeated, 1)]);
    bench.wait("3d");
    assert_eq!(bench.bring(&[account("a third")]), [(F1, WhatChanged::Reopened, 1)], "both have ended");
}

#[test]
fn a_reopening_is_not_undone_once_new_evidence_came() {
    let mut bench = Bench::with_finding();
    bench.resolve(F1, Classification::TruePositive);
    let reopen = Change { status: Some(Status::InProgress), ..Change::default() };
    bench.set(F1, &reopen).unwrap();
    bench.bring(&[OTHER]);
    let error = undo(bench.case(), bench.kim("")).unwrap_err().to_string();
    assert!(error.starts_with("F-1 got new evidence since"), "{error}");
    assert_eq!(bench.finding(F1).status, Status::InProgress);
}

#[test]
fn a_review_is_stale_when_hidden_evidence_shows_again() {
    let mut bench = Bench::with_finding();
    suppress(&bench, Action::Hide, OTHER.command);
    bench.bring(&[OTHER]);
    let web01 = ["web01".to_owned()];
    review_devices(bench.case(), &web01, ReviewState::Reviewed, &[], bench.lee("")).unwrap();
    let stale = |bench: &Bench| list_devices(bench.case(), &[]).unwrap()[0].stale.clone();
    assert_eq!(stale(&bench), []);
    lift_suppression(bench.case(), S1, true, bench.kim("")).unwrap();
    assert_eq!(stale(&bench), [Stale::NewerFindings]);
}

#[test]
fn a_review_is_not_stale_once_what_was_shown_since_is_hidden_again_whatever_else_is_shown() {
    let mut bench = Bench::with_finding();
    suppress(&bench, Action::Hide, USUAL.command);
    bench.bring(&[OTHER]);
    let web01 = ["web01".to_owned()];
    review_devices(bench.case(), &web01, ReviewState::Reviewed, &[], bench.lee("")).unwrap();
    let stale = |bench: &Bench| list_devices(bench.case(), &[]).unwrap()[0].stale.clone();
    lift_suppression(bench.case(), S1, true, bench.kim("because")).unwrap();
    undo(bench.case(), bench.kim("no")).unwrap();
    assert_eq!(stale(&bench), []);
    assert_eq!(suppress(&bench, Action::Hide, OTHER.command).findings.len(), 1);
    undo(bench.case(), bench.kim("no")).unwrap();
    assert_eq!(stale(&bench), []);
}

#[test]
fn a_device_that_is_reviewed_in_one_of_two_hunts_is_not_reviewed_and_not_stale() {
    let mut bench = Bench::with_finding();
    bench.bring(&[Event { command: "net use", ..USUAL }]);
    let hunts: Vec<_> = bench.findings().iter().filter_map(|finding| finding.hunt).collect();
    let web01 = ["web01".to_owned()];
    review_devices(bench.case(), &web01, ReviewState::Reviewed, &hunts[..1], bench.kim("")).unwrap();
    bench.bring(&[OTHER]);
    let device = |hunts: &[_]| list_devices(bench.case(), hunts).unwrap().remove(0);
    let of_one = device(&hunts[..1]);
    assert_eq!((of_one.state, of_one.stale.is_empty()), (ReviewState::Reviewed, false));
    let of_both = device(&[]);
    assert_eq!((of_both.state, of_both.review, of_both.stale), (ReviewState::NotReviewed, None, vec![]));
}

#[test]
fn what_somebody_else_changed_and_changed_back_is_not_undone() {
    let bench = Bench::with_finding();
    let severity = |severity| Change { severity: Some(severity), force: true, ..Change::default() };
    let tag = |text: &str| Change { tags: text.parse().unwrap(), ..Change::default() };
    for (first, second, third) in [
        (severity(Severity::High), severity(Severity::Medium), severity(Severity::High)),
        (tag("+x"), tag("-x"), tag("+x")),
    ] {
        bench.set(F1, &first).unwrap();
        change_findings(bench.case(), &[F1], &second, bench.lee("")).unwrap();
        change_findings(bench.case(), &[F1], &third, bench.lee("")).unwrap();
        let before = bench.finding(F1);
        let error = undo(bench.case(), bench.kim("")).unwrap_err().to_string();
        assert!(error.contains("has been changed again since"), "{error}");
        assert_eq!(bench.finding(F1), before);
        for _ in 0..2 {
            undo(bench.case(), bench.lee("")).unwrap();
        }
        undo(bench.case(), bench.kim("")).unwrap();
    }
}

#[test]
fn a_verdict_that_has_lapsed_is_not_upheld_by_a_suppression() {
    let mut bench = Bench::with_finding();
    suppress(&bench, Action::Resolve, USUAL.command);
    let until = Some(Some(bench.now.plus(span("30m"))));
    bench.set(F1, &Change { verdict_until: until, ..Change::default() }).unwrap();
    let account = Event { account: "another", ..USUAL };
    assert_eq!(bench.bring(&[account]), [(F1, WhatChanged::Reopened, 1)]);
}

#[test]
fn what_an_earlier_episode_was_judged_for_opens_no_other() {
    let mut bench = Bench::with_finding();
    bench.set_hunt_policy(Reopen::Never);
    bench.resolve(F1, FALSE_POSITIVE);
    assert_eq!(bench.bring(&[OTHER]), [(F2, WhatChanged::New, 1)]);
    bench.resolve(F2, FALSE_POSITIVE);
    assert_eq!(bench.bring(&[USUAL]), [(F2, WhatChanged::Repeated, 1)], "the first was judged for it");
    assert_eq!(bench.bring(&[THIRD]), [(FindingId(3), WhatChanged::New, 1)]);
    bench.resolve(FindingId(3), FALSE_POSITIVE);
    bench
        .set(F2, &Change { classification: Some(Classification::TruePositive), ..Change::default() })
        .unwrap();
    assert_eq!(
        bench.bring(&[OTHER]),
        [(FindingId(4), WhatChanged::New, 1)],
        "a true positive is never usual"
    );
}

#[test]
fn opening_a_hunt_is_not_undone_once_it_is_used() {
    let bench = Bench::with_finding();
    let hunt =
        open_hunt(bench.case(), &HuntChange { name: Some("two"), ..HuntChange::default() }, bench.kim(""))
            .unwrap();
    let web01 = ["web01".to_owned()];
    review_devices(bench.case(), &web01, ReviewState::Reviewed, &[hunt.id], bench.lee("")).unwrap();
    assert!(undo(bench.case(), bench.kim("")).unwrap_err().to_string().contains("holds reviews or comments"));
    undo(bench.case(), bench.lee("")).unwrap();
    let comment = HuntChange { comment: Some("look"), ..HuntChange::default() };
    change_hunt(bench.case(), hunt.id, &comment, bench.lee("")).unwrap();
    assert!(undo(bench.case(), bench.kim("")).is_err());
    undo(bench.case(), bench.lee("")).unwrap();
    undo(bench.case(), bench.kim("")).unwrap();
}

#[test]
fn a_finding_that_was_left_undetermined_can_be_changed_without_another_reason() {
    let bench = Bench::with_finding();
    bench.resolve(F1, Classification::Unknown);
    let author = bench.kim("");
    let change = Change { assigned_to: Some("lee".to_owned()), ..Change::default() };
    let changed = change_findings(bench.case(), &[F1], &change, author).unwrap();
    assert_eq!(changed.findings[0].status, Status::Resolved);
    let verdict = Change {
        classification: Some(Classification::Unknown),
        determination: Some(Determination::Malware),
        ..Change::default()
    };
    assert!(change_findings(bench.case(), &[F1], &verdict, author).is_err());
}

#[test]
fn a_rule_with_a_head_longer_than_a_hunts_name_runs_all_the_same() {
    let mut bench = Bench::new();
    let name = "long-".repeat(60);
    let query = "SELECT event_id FROM DeviceProcessEvents WHERE has(ProcessCommandLine, 'whoami')";
    // A file of this name is too long for most systems, so the rule is made here.
    let mut rule = bench.catalogue.find("shells").unwrap().clone();
    (rule.head.id, rule.head.name) = ("long".to_owned(), name.clone());
    rule.head.hypothesis = "x".repeat(20_000);
    query.clone_into(&mut rule.select);
    bench.catalogue.rules = vec![rule];
    bench.bring(&[USUAL]);
    let findings = list_findings(bench.case(), "kim").unwrap();
    assert_eq!((findings.len(), &findings[0].rule), (1, &name));
}
