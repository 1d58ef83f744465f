//! A run: rules look at what is new, and findings take it up.

mod outcome;
mod tables;
mod take_up;

use std::collections::{BTreeMap, BTreeSet};

use super::FindingId;
use super::finding::Finding;
use super::history::{Author, Operation};
use super::hunt::{Hunt, HuntRule, HuntStatus, Reopen, hunt_of_rule, list_hunts};
use super::limits::find_limits;
use super::tables::{count_hidden_events, list_findings};
use crate::error::Result;
use crate::nearest::plain;
use crate::rules::{Catalogue, Origin, Rule, RuleLook, RunRequest, begin_run, look_with_rules};
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
    let (mut asked, mut policies) = (Vec::new(), BTreeMap::new());
    for rule in &catalogue.rules {
        let (hunt, known) = hunt_of_rule(connection, &operation, rule)?;
        match hunt.status {
            HuntStatus::Closed => outcome.rules_of_closed_hunts.push(rule.head.name.clone()),
            _ => asked.push((rule, request.window(hunt.lookback))),
        }
        policies.insert(known.key, policy(&hunt, &known));
    }
    let is_of_case = |rule: &&Rule| rule.origin == Origin::Case;
    let of_case = asked.iter().map(|(rule, _)| *rule).filter(is_of_case);
    outcome.rules_of_case = of_case.map(|rule| rule.head.name.clone()).collect();
    let broken = broken_rules(case, catalogue, &mut outcome.rules_of_closed_hunts)?;
    let (looks, failures) = look_with_rules(case, run_id, &broken, &asked, request)?;
    outcome.failures = failures;
    let mut done = BTreeMap::new();
    for look in &looks {
        let mut take_up = TakeUp::new(connection, look, policies[&look.rule_id], &operation, run_id)?;
        take_up.run(&mut done)?;
        outcome.events_hidden += take_up.hidden();
    }
    outcome.events_hidden_in_all = count_hidden_events(connection, None)?;
    outcome.limits = find_limits(case, None)?;
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

/// The broken rules of a catalogue, each with its cause, and how one that the case knows is retired. Those of closed
/// hunts are not run, whatever is wrong with them, and are added to `closed`.
fn broken_rules(
    case: &Case,
    catalogue: &Catalogue,
    closed: &mut Vec<String>,
) -> Result<Vec<(String, String)>> {
    let hunts = if catalogue.broken.is_empty() { Vec::new() } else { list_hunts(case)? };
    let mut broken = Vec::new();
    for (name, error) in &catalogue.broken {
        let key_in = |hunt: &&Hunt| {
            let keys = hunt.rules.iter().filter(|rule| rule.name == *name).map(|rule| rule.key);
            keys.max()
        };
        // Of rules of one name, whose ids differ, the newest is meant. One that is sound under the name goes on.
        let is_sound = catalogue.rules.iter().any(|rule| rule.head.name == *name);
        let known = hunts.iter().filter(|hunt| !is_sound && key_in(hunt).is_some()).max_by_key(key_in);
        match known {
            Some(hunt) if hunt.status == HuntStatus::Closed => closed.push(name.clone()),
            Some(hunt) => broken.push((name.clone(), format!("{error}; {}", retirement(hunt, name)))),
            None => broken.push((name.clone(), error.to_string())),
        }
    }
    closed.sort();
    Ok(broken)
}

/// The command that retires a rule which the case knows.
fn retirement(hunt: &Hunt, rule: &str) -> String {
    match hunt.rules.len() {
        1 => format!("where it is not to be mended: huntcase hunt close {}", hunt.id),
        _ => format!(
            "where it is not to be mended: huntcase hunt open {} --rule {} --status closed",
            plain(&format!("retired-{rule}")),
            plain(rule)
        ),
    }
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
