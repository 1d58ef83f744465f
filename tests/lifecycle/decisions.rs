//! What people decided stays, whatever comes in whichever order, but for the stated rule.

use std::collections::BTreeSet;

use huntcase::findings::{Classification, Evidence, Finding, FindingChange, Status, WhatChanged};
use proptest::prelude::*;

use super::bench::Bench;
use super::kinds::{Decision, Kind};
use super::picture::{all_findings, fields_of};
use super::steps::{Step, cases, take};

/// Decisions about single findings, at most about their status and verdict.
fn steps() -> impl Strategy<Value = Step> {
    let kinds = [
        Kind::Begin,
        Kind::Resolve,
        Kind::Resolve,
        Kind::LeaveUndetermined,
        Kind::ResolveForATime,
        Kind::Reopen,
        Kind::Verdict,
        Kind::Note,
    ];
    let decisions = (prop::sample::select(kinds.to_vec()), 0..12_usize)
        .prop_map(|(kind, which)| Step::Decide(Decision { kind, which }));
    prop_oneof![2 => (0..8_usize).prop_map(Step::Ingest), 3 => Just(Step::Run), 4 => decisions]
}

/// What people decide of a finding.
fn decided(finding: &Finding) -> Vec<(&'static str, String)> {
    let fields = fields_of(finding).into_iter();
    fields.filter(|(field, _)| ["status", "classification", "determination"].contains(field)).collect()
}

/// What an event does, in plain words: lower case, white space collapsed.
fn behaviour(event: &Evidence) -> [String; 6] {
    let account = [&event.account_domain, &event.account_name];
    let processes = [&event.initiating_file_name, &event.parent_file_name];
    let texts = [&event.file_name, &event.command_line, processes[0], processes[1], account[0], account[1]];
    texts.map(|text| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" "))
}

/// Says why a resolved finding that has new evidence has to open again; None where it has not.
fn why_open(bench: &Bench, before: &Finding, run_id: i64) -> Option<&'static str> {
    let (new, old): (Vec<Evidence>, Vec<Evidence>) =
        bench.evidence(before.id).into_iter().partition(|event| event.run_id == run_id);
    let known: BTreeSet<_> = old.iter().map(behaviour).collect();
    let is_novel = new.iter().any(|event| !known.contains(&behaviour(event)));
    if before.verdict_until.is_some_and(|until| until <= bench.now) {
        return Some("the verdict has lapsed");
    }
    match before.classification {
        Classification::TruePositive => Some("a true positive acts again"),
        Classification::Unknown => Some("new evidence of what was left undetermined"),
        _ => is_novel.then_some("new behaviour"),
    }
}

/// Checks what a run did to a finding.
fn check_run(bench: &Bench, before: &Finding, change: &FindingChange, run_id: i64) {
    let after = &change.finding;
    let was_resolved = before.status == Status::Resolved;
    let why = (was_resolved && change.events_added > 0).then(|| why_open(bench, before, run_id)).flatten();
    let expected = match (change.events_added, was_resolved, why) {
        (0, ..) => WhatChanged::Unchanged,
        (_, false, _) => WhatChanged::Updated,
        (_, true, None) => WhatChanged::Repeated,
        (_, true, Some(_)) => WhatChanged::Reopened,
    };
    assert_eq!(change.change, expected, "{}: {why:?}", before.id);
    let history = bench.history();
    let rows: Vec<_> = history
        .iter()
        .filter(|entry| entry.run_id == Some(run_id) && entry.what == before.id.to_string())
        .collect();
    match why {
        None => {
            assert_eq!(decided(after), decided(before), "{}", before.id);
            assert!(rows.is_empty(), "{rows:?}");
        }
        Some(why) => {
            assert_eq!((after.status, after.classification), (Status::New, Classification::Unknown));
            assert!(rows.iter().all(|row| row.why.starts_with(&format!("{why}: "))), "{rows:?}");
            let status = rows.iter().find(|row| row.field == "status").unwrap();
            assert_eq!((status.old.as_str(), status.new.as_str()), ("resolved", "new"));
        }
    }
}

/// Takes a step and checks what it did to findings that were there before.
fn check(bench: &mut Bench, step: Step, number: usize) {
    let before = all_findings(bench.case());
    let Step::Run = step else {
        take(bench, step, number);
        let after = all_findings(bench.case());
        let changed = before.iter().zip(&after).filter(|(before, after)| decided(before) != decided(after));
        let most = usize::from(matches!(step, Step::Decide(_)));
        assert!(changed.count() <= most, "{step:?} changed more than it names");
        return;
    };
    bench.wait("1h");
    let outcome = bench.run();
    for finding in before {
        let change = outcome.findings.iter().find(|change| change.finding.id == finding.id).unwrap();
        check_run(bench, &finding, change, outcome.run_id);
    }
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn only_the_stated_rule_changes_what_people_decided(steps in prop::collection::vec(steps(), 10..40)) {
        let mut bench = Bench::new();
        for (number, step) in [Step::Ingest(2), Step::Run].iter().chain(&steps).enumerate() {
            check(&mut bench, *step, number);
        }
    }
}
