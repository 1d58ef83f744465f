//! What new evidence does to a resolved finding, under each policy.

use huntcase::findings::{
    Change, Classification, Determination, FindingId, Reopen, Status, WhatChanged, list_findings,
};

use super::bench::{Bench, Event, F1, OTHER, USUAL};
use crate::support::span;

const F2: FindingId = FindingId(2);
const VERDICTS: [Classification; 2] =
    [Classification::FalsePositive, Classification::InformationalExpectedActivity];

/// What one event more does to a finding that was resolved with a verdict under a policy.
fn after(policy: Reopen, verdict: Classification, event: Event) -> Bench {
    let mut bench = Bench::with_finding();
    bench.set_hunt_policy(policy);
    bench.resolve(F1, verdict);
    bench.bring(&[event]);
    bench
}

#[track_caller]
fn assert_repeated(bench: &Bench, verdict: Classification) {
    let finding = bench.finding(F1);
    assert_eq!((finding.status, finding.classification), (Status::Resolved, verdict));
    assert_eq!((finding.events, finding.events_since_resolved(), finding.reopen_count), (2, 1, 0));
    assert_eq!(bench.findings().len(), 1);
    assert_eq!(bench.reasons(F1), [""], "the newest run that changed it raised it");
}

#[track_caller]
fn assert_reopened(bench: &Bench, was: Classification, why: &str) {
    let finding = bench.finding(F1);
    assert_eq!((finding.status, finding.classification), (Status::New, Classification::Unknown));
    assert_eq!((finding.determination, finding.verdict_until), (Determination::Unknown, None));
    assert_eq!((finding.resolved_at, finding.resolved_events, finding.reopen_count), (None, None, 1));
    assert_eq!((finding.events, bench.findings().len()), (2, 1));
    let former = finding.former.unwrap();
    assert_eq!((former.classification, former.by.as_str()), (was, "kim"));
    assert_reason(&bench.reasons(F1), why);
}

/// After the reason stands the event because of which.
#[track_caller]
fn assert_reason(reasons: &[String], why: &str) {
    assert!(reasons.len() == 1 && reasons[0].starts_with(&format!("{why}: 2026-05-04 ")), "{reasons:?}");
}

#[track_caller]
fn assert_followed(bench: &Bench, was: Classification, why: &str) {
    let (first, second) = (bench.finding(F1), bench.finding(F2));
    assert_eq!((first.status, first.classification, first.events), (Status::Resolved, was, 1));
    assert_eq!((first.successor, first.reopen_count), (Some(F2), 0));
    assert_eq!((second.status, second.events, second.predecessor), (Status::New, 1, Some(F1)));
    // That it is as severe as its rule says has no reason.
    assert_reason(&bench.reasons(F2)[1..], why);
    let former = second.former.unwrap();
    assert_eq!((former.classification, former.by.as_str()), (was, "kim"));
}

#[test]
fn more_of_the_same_leaves_a_finding_resolved_unless_the_policy_is_always() {
    for verdict in VERDICTS {
        for policy in [Reopen::Novel, Reopen::Never] {
            assert_repeated(&after(policy, verdict, USUAL), verdict);
        }
        let always = after(Reopen::Always, verdict, USUAL);
        assert_reopened(&always, verdict, "more of the same, and the policy is always");
    }
}

#[test]
fn new_behaviour_reopens_a_finding_or_is_followed_where_the_policy_is_never() {
    for verdict in VERDICTS {
        for policy in [Reopen::Novel, Reopen::Always] {
            assert_reopened(&after(policy, verdict, OTHER), verdict, "new behaviour");
        }
        assert_followed(&after(Reopen::Never, verdict, OTHER), verdict, "new behaviour");
    }
}

#[test]
fn a_true_positive_that_acts_again_reopens_or_is_followed_also_with_more_of_the_same() {
    for policy in [Reopen::Novel, Reopen::Always] {
        let bench = after(policy, Classification::TruePositive, USUAL);
        assert_reopened(&bench, Classification::TruePositive, "a true positive acts again");
    }
    let bench = after(Reopen::Never, Classification::TruePositive, USUAL);
    assert_followed(&bench, Classification::TruePositive, "a true positive acts again");
}

#[test]
fn any_event_reopens_what_was_left_undetermined_or_is_followed() {
    for policy in [Reopen::Novel, Reopen::Always] {
        let bench = after(policy, Classification::Unknown, USUAL);
        assert_reopened(&bench, Classification::Unknown, "new evidence of what was left undetermined");
    }
    let bench = after(Reopen::Never, Classification::Unknown, USUAL);
    assert_followed(&bench, Classification::Unknown, "new evidence of what was left undetermined");
}

#[test]
fn a_verdict_lapses_at_its_time_and_not_before() {
    for policy in [Reopen::Novel, Reopen::Never] {
        for (until, has_lapsed) in [("59m", true), ("60m", true), ("61m", false)] {
            let mut bench = Bench::with_finding();
            bench.set_hunt_policy(policy);
            bench.resolve(F1, Classification::FalsePositive);
            let until = Some(Some(bench.now.plus(span(until))));
            bench.set(F1, &Change { verdict_until: until, ..Change::default() }).unwrap();
            bench.bring(&[USUAL]);
            match (policy, has_lapsed) {
                (_, false) => assert_repeated(&bench, Classification::FalsePositive),
                (Reopen::Never, true) => {
                    assert_followed(&bench, Classification::FalsePositive, "the verdict has lapsed");
                }
                _ => assert_reopened(&bench, Classification::FalsePositive, "the verdict has lapsed"),
            }
        }
    }
}

#[test]
fn an_event_that_is_known_already_does_nothing_whatever_the_verdict_and_policy() {
    let verdicts = [Classification::FalsePositive, Classification::TruePositive, Classification::Unknown];
    for (policy, verdict) in Reopen::ALL.iter().flat_map(|policy| verdicts.map(|verdict| (*policy, verdict)))
    {
        let mut bench = Bench::with_finding();
        bench.set_hunt_policy(policy);
        bench.resolve(F1, verdict);
        let before = bench.finding(F1);
        // Another file, so that its rows are read.
        bench.ingest(&[USUAL.row(0), Event { file: "svchost.exe", ..USUAL }.row(1)]);
        bench.wait("1h");
        assert_eq!(bench.run().count(WhatChanged::Unchanged), 1, "{policy} {verdict}");
        assert_eq!(bench.finding(F1), before);
    }
}

#[test]
fn case_and_white_space_of_what_it_did_make_nothing_new() {
    for event in [
        Event { command: "CMD.exe /C WhoAmI", ..USUAL },
        Event { command: " cmd.exe  /c\t\twhoami ", ..USUAL },
        Event { command: "cmd.exe /c\u{a0}whoami", ..USUAL },
        Event { file: "CMD.EXE", ..USUAL },
        Event { account: "Shop", domain: "CONTOSO", ..USUAL },
        Event { parent: "W3WP.exe", grandparent: "SvcHost.exe", ..USUAL },
    ] {
        assert_repeated(
            &after(Reopen::Novel, Classification::FalsePositive, event),
            Classification::FalsePositive,
        );
    }
}

#[test]
fn another_process_command_line_parent_grandparent_or_account_is_new_behaviour() {
    for event in [
        Event { file: "powershell.exe", ..USUAL },
        Event { command: "cmd.exe /c whoami /all", ..USUAL },
        Event { command: "cmd.exe /cwhoami", ..USUAL },
        Event { account: "shop2", ..USUAL },
        Event { domain: "fabrikam", ..USUAL },
        Event { parent: "httpd.exe", ..USUAL },
        Event { grandparent: "explorer.exe", ..USUAL },
    ] {
        let bench = after(Reopen::Novel, Classification::FalsePositive, event);
        assert_reopened(&bench, Classification::FalsePositive, "new behaviour");
    }
}

#[test]
fn what_is_filled_in_later_counts_as_what_the_finding_did() {
    let mut bench = Bench::new();
    let mut row = USUAL.row(0);
    row.remove("AccountName");
    bench.ingest(&[row]);
    assert_eq!(bench.run().count(WhatChanged::New), 1);
    bench.resolve(F1, Classification::FalsePositive);
    bench.ingest(&[USUAL.row(0), USUAL.row(1)]);
    let outcome = bench.run();
    assert_eq!((outcome.changes()[0].change, outcome.changes()[0].events_added), (WhatChanged::Repeated, 1));
}

#[test]
fn one_new_event_among_many_old_ones_reopens() {
    let mut bench = Bench::with_finding();
    bench.resolve(F1, Classification::FalsePositive);
    assert_eq!(bench.bring(&[USUAL, OTHER, USUAL]), [(F1, WhatChanged::Reopened, 3)]);
    assert_eq!(bench.finding(F1).events, 4);
    assert!(bench.reasons(F1)[0].ends_with(OTHER.command), "the reason names the new one");
}

#[test]
fn what_another_device_did_is_new_on_this_one() {
    let mut bench = Bench::with_finding();
    let elsewhere = Event { device: "web02", ..OTHER };
    assert_eq!(bench.bring(&[elsewhere]), [(F2, WhatChanged::New, 1)]);
    bench.resolve(F1, Classification::FalsePositive);
    assert_eq!(bench.bring(&[OTHER]), [(F1, WhatChanged::Reopened, 1)]);
}

#[test]
fn a_rules_own_policy_goes_before_that_of_its_hunt_until_it_is_given_up() {
    let policies = [Some(Reopen::Never), Some(Reopen::Novel), None];
    let expected = [WhatChanged::New, WhatChanged::Repeated, WhatChanged::Reopened];
    for (policy, expected) in policies.into_iter().zip(expected) {
        let mut bench = Bench::with_finding();
        bench.set_hunt_policy(Reopen::Always);
        bench.set_rule_policy(Some(Reopen::Novel));
        bench.set_rule_policy(policy);
        bench.resolve(F1, Classification::FalsePositive);
        let event = if policy == Some(Reopen::Never) { OTHER } else { USUAL };
        assert_eq!(bench.bring(&[event])[0].1, expected, "{policy:?}");
    }
}

#[test]
fn an_open_finding_is_updated_whatever_the_policy() {
    for policy in Reopen::ALL {
        let mut bench = Bench::with_finding();
        bench.set_hunt_policy(*policy);
        assert_eq!(bench.bring(&[OTHER]), [(F1, WhatChanged::Updated, 1)]);
        bench.set(F1, &Change { status: Some(Status::InProgress), ..Change::default() }).unwrap();
        assert_eq!(bench.bring(&[OTHER]), [(F1, WhatChanged::Updated, 1)]);
        assert_eq!(bench.finding(F1).status, Status::InProgress);
    }
}

#[test]
fn a_successor_takes_what_comes_later_and_can_be_followed_itself() {
    let mut bench = after(Reopen::Never, Classification::FalsePositive, OTHER);
    assert_eq!(bench.bring(&[USUAL]), [(F2, WhatChanged::Updated, 1)]);
    bench.resolve(F2, Classification::FalsePositive);
    assert_eq!(bench.bring(&[OTHER, USUAL]), [(F2, WhatChanged::Repeated, 2)]);
    let third = Event { command: "cmd.exe /c systeminfo", ..USUAL };
    assert_eq!(bench.bring(&[third]), [(FindingId(3), WhatChanged::New, 1)]);
    let chain: Vec<_> = (1..=3).map(|n| bench.finding(FindingId(n))).collect();
    assert_eq!(chain[1].predecessor, Some(F1));
    assert_eq!(chain[2].predecessor, Some(F2));
    assert_eq!((chain[0].events, chain[1].events, chain[2].events), (1, 4, 1));

    // What the first of three did is known to the third.
    let mut bench = after(Reopen::Never, Classification::FalsePositive, OTHER);
    bench.resolve(F2, Classification::FalsePositive);
    bench.bring(&[third]);
    bench.resolve(FindingId(3), Classification::FalsePositive);
    assert_eq!(bench.bring(&[USUAL]), [(FindingId(3), WhatChanged::Repeated, 1)]);
}

#[test]
fn what_an_earlier_finding_did_is_nothing_new_unless_its_verdict_lets_nothing_be() {
    let expected = [(Classification::FalsePositive, F2, WhatChanged::Repeated)];
    let others = [Classification::TruePositive, Classification::Unknown];
    let followed = others.map(|verdict| (verdict, FindingId(3), WhatChanged::New));
    for (verdict, id, change) in expected.into_iter().chain(followed) {
        let mut bench = after(Reopen::Never, verdict, OTHER);
        bench.resolve(F2, Classification::FalsePositive);
        assert_eq!(bench.bring(&[USUAL]), [(id, change, 1)], "{verdict}");
    }
}

#[test]
fn a_person_reopens_with_the_verdict_in_view_and_nothing_of_it_lapses() {
    let mut bench = Bench::with_finding();
    bench.resolve(F1, Classification::FalsePositive);
    let until = Some(Some(bench.now.plus(span("30m"))));
    bench.set(F1, &Change { verdict_until: until, ..Change::default() }).unwrap();
    bench.set(F1, &Change { status: Some(Status::InProgress), ..Change::default() }).unwrap();
    let finding = bench.finding(F1);
    assert_eq!((finding.status, finding.classification), (Status::InProgress, Classification::FalsePositive));
    assert_eq!((finding.verdict_until, finding.resolved_at, finding.reopen_count), (None, None, 1));
    assert_eq!(bench.bring(&[USUAL]), [(F1, WhatChanged::Updated, 1)]);
}

#[test]
fn only_new_evidence_makes_a_resolved_finding_new() {
    let bench = Bench::with_finding();
    bench.resolve(F1, Classification::FalsePositive);
    let change = Change { status: Some(Status::New), ..Change::default() };
    assert!(bench.set(F1, &change).is_err());
    assert_eq!(list_findings(bench.case(), "kim").unwrap()[0].status, Status::Resolved);
}
