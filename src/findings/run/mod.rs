//! A run: rules look at what is new, and findings take it up.

mod outcome;
mod tables;
mod take_up;

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Finding;
use super::history::{Author, Operation};
use super::hunt::{Hunt, HuntRule, HuntStatus, Reopen, hunt_of_rule, list_hunts, list_rules_of_case};
use super::tables::{count_hidden_events, list_findings};
use super::{FindingId, HuntId};
use crate::error::Result;
use crate::rules::{Catalogue, RuleLook, RunRequest, begin_run, list_unjudged, look_with_rules};
use crate::store::Case;

pub use outcome::{FindingChange, RunOutcome, WhatChanged};
use tables::RunCounts;
use take_up::TakeUp;

/// Runs the rules of hunts that are not closed over what is new in the case, as one transaction. A rule's first run
/// opens its hunt.
///
/// # Errors
/// The case's database. A rule that fails is no error here: it is recorded and listed.
pub fn run_rules(case: &Case, catalogue: &Catalogue, request: &RunRequest<'_>) -> Result<RunOutcome> {
    let started = (request.stopwatch)();
    let connection = case.connection();
    let transaction = case.begin()?;
    let run_id = begin_run(case, request)?;
    let author = Author { by: request.by, at: request.at, command: "run", why: "", dry_run: false };
    let operation = Operation::of_run(connection, author, run_id);
    // Also where it changes nothing, so that commands and runs stand in one order.
    operation.id()?;
    let mut outcome = RunOutcome { run_id, ..RunOutcome::default() };
    let mut windows = Vec::new();
    let mut policies = BTreeMap::new();
    for rule in &catalogue.rules {
        let (hunt, known) = hunt_of_rule(connection, &operation, rule)?;
        match hunt.status {
            HuntStatus::Closed => outcome.rules_of_closed_hunts.push(rule.head.name.clone()),
            _ => windows.push((rule, request.window(rule, hunt.lookback))),
        }
        policies.insert(known.key, policy(&hunt, &known));
    }
    outcome.rules_not_found = rules_not_found(case, catalogue, &policies)?;
    let (looks, failures) = look_with_rules(case, run_id, &catalogue.broken, &windows, request)?;
    outcome.failures = failures;
    outcome.unjudged = list_unjudged(case, run_id)?;
    let mut done = BTreeMap::new();
    for look in &looks {
        let mut take_up = TakeUp::new(connection, look, policies[&look.rule_id], &operation, run_id)?;
        take_up.run(&mut done)?;
        outcome.events_hidden += take_up.hidden();
        outcome.outside_window += tables::count_outside_window(connection, look.version_id)?;
    }
    outcome.events_hidden_in_all = count_hidden_events(connection, None)?;
    outcome.findings = changes_of(case, request.by, &looks, &done)?;
    tables::finish_run(connection, run_id, counts(&outcome, (request.stopwatch)() - started))?;
    transaction.keep()?;
    Ok(outcome)
}

const fn policy(hunt: &Hunt, rule: &HuntRule) -> Reopen {
    match rule.reopen {
        Some(reopen) => reopen,
        None => hunt.reopen,
    }
}

/// The rules that have run before, belong to a hunt that is not closed, and are neither at hand nor broken.
fn rules_not_found(
    case: &Case,
    catalogue: &Catalogue,
    at_hand: &BTreeMap<i64, Reopen>,
) -> Result<Vec<String>> {
    let mut rules = list_rules_of_case(case)?;
    let open: BTreeSet<HuntId> = list_hunts(case)?
        .into_iter()
        .filter(|hunt| hunt.status != HuntStatus::Closed)
        .map(|hunt| hunt.id)
        .collect();
    let is_broken = |name: &str| catalogue.broken.iter().any(|(broken, _)| broken == name);
    rules.retain(|rule| rule.hunt.is_some_and(|hunt| open.contains(&hunt)));
    rules.retain(|rule| !at_hand.contains_key(&rule.key) && !is_broken(&rule.name));
    Ok(rules.into_iter().map(|rule| rule.name).collect())
}

/// Every finding with what the run did to it.
fn changes_of(
    case: &Case,
    analyst: &str,
    looks: &[RuleLook<'_>],
    done: &BTreeMap<FindingId, (WhatChanged, i64)>,
) -> Result<Vec<FindingChange>> {
    let mut absent = BTreeSet::new();
    for look in looks {
        absent.extend(tables::list_absent(case.connection(), look.rule_id, look.version_id)?);
    }
    let with_change = |finding: Finding| {
        let nothing = match absent.contains(&finding.id) {
            true => WhatChanged::Absent,
            false => WhatChanged::Unchanged,
        };
        let (change, events_added) = done.get(&finding.id).copied().unwrap_or((nothing, 0));
        FindingChange { finding, change, events_added }
    };
    Ok(list_findings(case, analyst)?.into_iter().map(with_change).collect())
}

fn counts(outcome: &RunOutcome, duration_ms: i64) -> RunCounts {
    RunCounts {
        duration_ms,
        new: outcome.count(WhatChanged::New),
        updated: outcome.count(WhatChanged::Updated),
        repeated: outcome.count(WhatChanged::Repeated),
        reopened: outcome.count(WhatChanged::Reopened),
        unchanged: outcome.count(WhatChanged::Unchanged),
        absent: outcome.count(WhatChanged::Absent),
        events_hidden: outcome.events_hidden,
    }
}
