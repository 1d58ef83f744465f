//! Suppressions: what they touch, and what they leave alone.

use huntcase::error::Error;
use huntcase::findings::{
    Action, Author, Classification, CommandTest, Determination, FindingId, NewSuppression, Scope, Status,
    Suppressed, SuppressionId, WhatChanged, add_suppression, lift_suppression, list_devices,
    list_hidden_findings, list_suppressions, undo,
};

use super::bench::{Bench, Event, F1, OTHER, USUAL};
use crate::support::span;

pub const S1: SuppressionId = SuppressionId(1);
pub const F2: FindingId = FindingId(2);
pub const BENIGN: Classification = Classification::InformationalExpectedActivity;

/// Covers the usual command line, whatever device and account.
pub fn usual_command() -> Scope {
    let command = CommandTest { operator: "==".to_owned(), text: USUAL.command.to_owned() };
    Scope { command: Some(command), ..Scope::default() }
}

/// A suppression of the first finding's rule, which ends after a time.
pub fn suppress(bench: &Bench, action: Action, scope: Scope, expires: &str) -> Suppressed {
    let (classification, determination) = match action {
        Action::Hide => (Classification::Unknown, Determination::Unknown),
        Action::Resolve => (BENIGN, Determination::Other),
    };
    let rule_key = bench.finding(F1).rule_key;
    let expires_at = Some(bench.now.plus(span(expires)));
    let new = NewSuppression { rule_key, scope, action, classification, determination, expires_at };
    let author = Author { command: "suppress add", ..bench.kim("known") };
    add_suppression(bench.case(), &new, author).unwrap()
}

pub fn hide_usual(bench: &Bench) -> Suppressed {
    suppress(bench, Action::Hide, usual_command(), "30d")
}

/// How many events of a finding show, and how many are hidden by which suppressions.
pub fn shown_and_hidden(bench: &Bench, id: FindingId) -> (usize, Vec<SuppressionId>) {
    let evidence = bench.evidence(id);
    let hidden: Vec<_> = evidence.iter().filter_map(|event| event.hidden_by).collect();
    let finding = bench.finding(id);
    assert_eq!(
        (finding.events + finding.hidden_events) as usize,
        evidence.len(),
        "counts and evidence agree"
    );
    assert_eq!(finding.hidden_events as usize, hidden.len(), "counts and evidence agree");
    (evidence.len() - hidden.len(), hidden)
}

#[test]
fn hidden_events_are_stored_and_counted_everywhere() {
    let mut bench = Bench::with_finding();
    assert_eq!(hide_usual(&bench).findings.len(), 1);
    bench.bring(&[Event { file: "svchost.exe", ..USUAL }]);
    bench.ingest(&[USUAL.row(50), USUAL.row(51), Event { device: "web02", ..USUAL }.row(52)]);
    let outcome = bench.run();
    assert_eq!((outcome.events_hidden, outcome.changes()), (3, Vec::new()));
    assert_eq!(shown_and_hidden(&bench, F1), (0, vec![S1; 3]));
    assert_eq!(shown_and_hidden(&bench, F2), (0, vec![S1; 1]));
    let suppression = &list_suppressions(bench.case()).unwrap()[0];
    assert_eq!((suppression.events, suppression.hidden_events), (4, 4));
    let devices = list_devices(bench.case(), &[]).unwrap();
    assert_eq!(
        devices.iter().map(|device| (device.findings, device.hidden_events)).collect::<Vec<_>>(),
        [(0, 3), (0, 1)]
    );
    assert_eq!((bench.findings().len(), list_hidden_findings(bench.case(), "kim").unwrap().len()), (0, 2));
    assert_eq!(bench.builder.cell("SELECT events_hidden FROM run ORDER BY run_id DESC"), "3");
    assert_eq!(bench.finding(F2).created_at, None, "what was never seen was never raised");
}

#[test]
fn a_suppression_touches_no_other_rules_findings() {
    for action in [Action::Hide, Action::Resolve] {
        let net = Event { command: "cmd.exe /c net use", ..USUAL };
        let mut bench = Bench::new();
        assert_eq!(bench.bring(&[net]).len(), 2, "one of each rule");
        let other = bench.finding(F2);
        let device = Some((other.device_key, other.device_name.clone()));
        let suppressed = suppress(&bench, action, Scope { device, ..Scope::default() }, "30d");
        assert_eq!((suppressed.findings.len(), suppressed.findings[0].id), (1, F1));
        assert_eq!(bench.finding(F2), other);
        bench.bring(&[net]);
        let after = bench.finding(F2);
        assert_eq!((after.events, after.hidden_events, after.status), (2, 0, Status::New));
    }
}

#[test]
fn a_finding_that_holds_other_evidence_is_left_as_it_is() {
    for action in [Action::Hide, Action::Resolve] {
        for events in [[USUAL, OTHER], [OTHER, USUAL]] {
            let mut bench = Bench::new();
            bench.bring(&events);
            let before = bench.finding(F1);
            let suppressed = suppress(&bench, action, usual_command(), "30d");
            assert_eq!((suppressed.findings, suppressed.spared), (Vec::new(), vec![F1]));
            assert_eq!(bench.finding(F1), before);
            assert_eq!(shown_and_hidden(&bench, F1), (2, vec![]));
        }
    }
}

#[test]
fn a_finding_of_which_nothing_is_covered_is_not_spared_but_not_meant() {
    let mut bench = Bench::new();
    bench.bring(&[OTHER]);
    let suppressed = hide_usual(&bench);
    assert_eq!((suppressed.findings, suppressed.spared), (Vec::new(), Vec::new()));
}

#[test]
fn a_suppression_of_one_device_means_no_other() {
    let mut bench = Bench::with_finding();
    bench.bring(&[Event { device: "web02", ..USUAL }]);
    for (id, other) in [(F1, F2), (F2, F1)] {
        let finding = bench.finding(id);
        let device = Some((finding.device_key, finding.device_name));
        let suppressed = suppress(&bench, Action::Hide, Scope { device, ..Scope::default() }, "30d");
        assert_eq!((suppressed.findings.len(), suppressed.spared), (1, Vec::new()));
        assert_eq!(bench.finding(other).hidden_events, 0);
        undo(bench.case(), bench.kim("")).unwrap();
    }
}

#[test]
fn a_suppression_holds_up_to_its_end_and_not_at_it() {
    for (expires, hidden) in [("61m", 1), ("60m", 0), ("59m", 0)] {
        let mut bench = Bench::with_finding();
        suppress(&bench, Action::Hide, usual_command(), expires);
        bench.ingest(&[USUAL.row(60)]);
        bench.wait("1h");
        assert_eq!(bench.run().events_hidden, hidden, "{expires}");
    }
}

#[test]
fn what_is_not_covered_shows_beside_what_is_hidden() {
    let mut bench = Bench::with_finding();
    hide_usual(&bench);
    assert_eq!(bench.bring(&[USUAL, OTHER]), [(F1, WhatChanged::Updated, 1)]);
    assert_eq!(shown_and_hidden(&bench, F1), (1, vec![S1, S1]));
    assert_eq!(
        bench.finding(F1).first_activity,
        bench.evidence(F1)[2].time,
        "the span is that of what shows"
    );
}

#[test]
fn what_is_hidden_and_what_shows_of_a_new_device_is_one_finding() {
    let mut bench = Bench::with_finding();
    hide_usual(&bench);
    let events = [USUAL, OTHER].map(|event| Event { device: "web02", ..event });
    assert_eq!(bench.bring(&events), [(F2, WhatChanged::New, 1)]);
    assert_eq!(shown_and_hidden(&bench, F2), (1, vec![S1]));
}

#[test]
fn a_finding_that_came_hidden_is_raised_when_something_of_it_shows() {
    let mut bench = Bench::with_finding();
    hide_usual(&bench);
    let [usual, other] = [USUAL, OTHER].map(|event| Event { device: "web02", ..event });
    assert_eq!(bench.bring(&[usual]), []);
    assert_eq!(bench.bring(&[other]), [(F2, WhatChanged::New, 1)]);
    assert_eq!(bench.finding(F2).created_at, Some(bench.now));
}

#[test]
fn what_is_hidden_is_no_known_behaviour() {
    let mut bench = Bench::with_finding();
    hide_usual(&bench);
    bench.bring(&[OTHER]);
    bench.resolve(F1, Classification::FalsePositive);
    lift_suppression(bench.case(), S1, false, bench.kim("")).unwrap();
    assert_eq!(bench.bring(&[USUAL]), [(F1, WhatChanged::Reopened, 1)]);
}

#[test]
fn a_finding_of_covered_events_alone_is_raised_and_resolved() {
    let mut bench = Bench::with_finding();
    suppress(&bench, Action::Resolve, usual_command(), "30d");
    let [usual, other] = [USUAL, OTHER].map(|event| Event { device: "web02", ..event });
    assert_eq!(bench.bring(&[usual]), [(F2, WhatChanged::New, 1)]);
    for id in [F1, F2] {
        let finding = bench.finding(id);
        assert_eq!((finding.status, finding.classification, finding.events), (Status::Resolved, BENIGN, 1));
        assert_eq!((finding.resolved_at.is_some(), finding.resolved_events), (true, Some(1)));
    }
    assert_eq!(bench.reasons(F2), ["", "S-1: known"]);
    assert_eq!(bench.bring(&[other]), [(F2, WhatChanged::Reopened, 1)]);
}

#[test]
fn a_finding_that_holds_other_evidence_too_is_raised_open() {
    let mut bench = Bench::with_finding();
    suppress(&bench, Action::Resolve, usual_command(), "30d");
    let events = [USUAL, OTHER].map(|event| Event { device: "web02", ..event });
    assert_eq!(bench.bring(&events), [(F2, WhatChanged::New, 2)]);
    assert_eq!(bench.finding(F2).status, Status::New);
}

#[test]
fn an_open_finding_is_not_resolved_by_covered_events_that_come_later() {
    let mut bench = Bench::new();
    bench.bring(&[OTHER]);
    suppress(&bench, Action::Resolve, usual_command(), "30d");
    assert_eq!(bench.bring(&[USUAL]), [(F1, WhatChanged::Updated, 1)]);
    assert_eq!(bench.finding(F1).status, Status::New);
}

/// A suppression that covers any command line of the account.
pub fn resolve_account(bench: &Bench) {
    let scope = Scope { account: Some("CONTOSO\\Shop".to_owned()), ..Scope::default() };
    suppress(bench, Action::Resolve, scope, "30d");
}

#[test]
fn covered_events_leave_resolved_what_the_suppression_resolved_also_when_they_do_something_new() {
    let mut bench = Bench::with_finding();
    resolve_account(&bench);
    assert_eq!(bench.bring(&[OTHER]), [(F1, WhatChanged::Repeated, 1)]);
    let else_account = Event { account: "admin", ..OTHER };
    assert_eq!(bench.bring(&[OTHER, else_account]), [(F1, WhatChanged::Reopened, 2)]);
}

#[test]
fn covered_events_that_do_something_new_reopen_what_a_person_resolved_otherwise() {
    let mut bench = Bench::with_finding();
    bench.resolve(F1, Classification::FalsePositive);
    resolve_account(&bench);
    assert_eq!(bench.bring(&[OTHER]), [(F1, WhatChanged::Reopened, 1)]);
}

#[test]
fn covered_events_that_do_something_new_reopen_what_a_person_has_judged_otherwise_since() {
    let mut bench = Bench::with_finding();
    resolve_account(&bench);
    bench.resolve(F1, Classification::FalsePositive);
    assert_eq!(bench.bring(&[OTHER]), [(F1, WhatChanged::Reopened, 1)]);
}

#[test]
fn covered_events_that_do_something_new_reopen_a_finding_that_holds_other_evidence() {
    let mut bench = Bench::new();
    bench.bring(&[USUAL, Event { account: "admin", ..USUAL }]);
    bench.resolve(F1, BENIGN);
    resolve_account(&bench);
    assert_eq!(bench.bring(&[OTHER]), [(F1, WhatChanged::Reopened, 1)]);
}

#[test]
fn a_renewed_suppression_covers_what_one_before_it_covered() {
    let mut bench = Bench::with_finding();
    suppress(&bench, Action::Resolve, usual_command(), "30m");
    bench.wait("1h");
    resolve_account(&bench);
    assert_eq!(bench.bring(&[OTHER]), [(F1, WhatChanged::Repeated, 1)]);
}

#[test]
fn a_suppression_that_hides_goes_before_one_that_resolves() {
    let mut bench = Bench::with_finding();
    suppress(&bench, Action::Resolve, usual_command(), "30d");
    hide_usual(&bench);
    assert_eq!(bench.bring(&[Event { device: "web02", ..USUAL }]), []);
    assert_eq!(shown_and_hidden(&bench, F2), (0, vec![SuppressionId(2)]));
}

#[test]
fn all_that_a_scope_names_has_to_hold() {
    let mut bench = Bench::with_finding();
    let finding = bench.finding(F1);
    let device = Some((finding.device_key, finding.device_name));
    let scope = Scope { device, account: Some("SHOP".to_owned()), ..usual_command() };
    suppress(&bench, Action::Hide, scope, "30d");
    let others = [
        Event { device: "web02", ..USUAL },
        Event { account: "shop2", ..USUAL },
        Event { command: "cmd.exe /c WHOAMI", ..USUAL },
    ];
    bench.bring(&[Event { account: "Shop", ..USUAL }, others[0], others[1], others[2]]);
    assert_eq!(shown_and_hidden(&bench, F1), (2, vec![S1; 2]));
    assert_eq!(shown_and_hidden(&bench, F2), (1, vec![]));
}

#[test]
fn a_suppression_needs_a_reason_a_scope_an_end_to_come_and_a_verdict_that_fits() {
    let bench = Bench::with_finding();
    let good = NewSuppression {
        rule_key: bench.finding(F1).rule_key,
        scope: usual_command(),
        action: Action::Resolve,
        classification: BENIGN,
        determination: Determination::Other,
        expires_at: None,
    };
    let refused = [
        ("known", NewSuppression { scope: Scope::default(), ..good.clone() }),
        ("known", NewSuppression { expires_at: Some(bench.now), ..good.clone() }),
        ("known", NewSuppression { determination: Determination::Malware, ..good.clone() }),
        ("known", NewSuppression { classification: Classification::Unknown, ..good.clone() }),
        ("known", NewSuppression { action: Action::Hide, ..good.clone() }),
        (" ", good.clone()),
    ];
    for (why, new) in refused {
        let error = add_suppression(bench.case(), &new, bench.kim(why)).unwrap_err();
        assert!(matches!(error, Error::Usage(_)), "{new:?}: {error}");
    }
    assert!(add_suppression(bench.case(), &good, bench.kim("known")).is_ok());
}

#[test]
fn new_evidence_opens_a_finding_that_was_resolved_while_all_of_it_was_hidden() {
    let mut bench = Bench::with_finding();
    hide_usual(&bench);
    let [usual, other] = [USUAL, OTHER].map(|event| Event { device: "web02", ..event });
    bench.bring(&[usual]);
    bench.resolve(F2, Classification::FalsePositive);
    bench.bring(&[other]);
    let finding = bench.finding(F2);
    assert_eq!((finding.status, finding.created_at.is_some()), (Status::New, true));
}
