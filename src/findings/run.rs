//! A run: rules look at what is new, and findings take it up.

use std::collections::{BTreeMap, BTreeSet};

use super::FindingId;
use super::finding::Finding;
use super::history::{Author, Operation};
use super::hunt::{Hunt, HuntRule, HuntStatus, Reopen, hunt_of_rule};
use super::tables::{self, RunCounts};
use super::take_up::TakeUp;
use crate::error::Result;
use crate::rules::{Catalogue, RuleLook, RunRequest, begin_run, look_with_rules};
use crate::store::Case;

/// What a run did.
#[derive(Debug, Clone, PartialEq)]
pub struct RunOutcome {
    /// The run's number.
    pub run_id: i64,
    /// Every finding that shows evidence, with what the run did to it, latest activity first.
    pub findings: Vec<FindingChange>,
    /// How many events suppressions hid in this run.
    pub events_hidden: i64,
    /// How many matches lie outside the window that findings cover, and are in none.
    pub outside_window: i64,
    /// The rules that did not run, since their hunts are closed.
    pub rules_of_closed_hunts: Vec<String>,
    /// Why rules failed; the others ran.
    pub failures: Vec<String>,
}

/// A finding, and what a run did to it.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingChange {
    /// The finding as it is now.
    pub finding: Finding,
    /// What happened to it.
    pub change: WhatChanged,
    /// How many events were added to it.
    pub events_added: i64,
}

/// What happened to a finding in a run. The words are those of SARIF's `baselineState`, with two more for what was
/// resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhatChanged {
    /// It was raised.
    New,
    /// It was open, and got more evidence.
    Updated,
    /// It was resolved, got more of the same, and stays resolved.
    Repeated,
    /// It was resolved, and new evidence opened it again.
    Reopened,
    /// Nothing.
    Unchanged,
    /// It is open, and its rule as it is now no longer matches any of its evidence.
    Absent,
}

impl WhatChanged {
    /// Every word, in the order of summaries.
    pub const ALL: [Self; 6] =
        [Self::New, Self::Updated, Self::Repeated, Self::Reopened, Self::Unchanged, Self::Absent];

    /// The word in summaries.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Updated => "updated",
            Self::Repeated => "repeated",
            Self::Reopened => "reopened",
            Self::Unchanged => "unchanged",
            Self::Absent => "absent",
        }
    }
}

impl RunOutcome {
    /// How many findings something happened to.
    pub fn count(&self, change: WhatChanged) -> i64 {
        self.findings.iter().filter(|finding| finding.change == change).count() as i64
    }

    /// The findings that are not as they were.
    pub fn changes(&self) -> Vec<&FindingChange> {
        self.findings.iter().filter(|finding| finding.change != WhatChanged::Unchanged).collect()
    }
}

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
    let mut outcome = RunOutcome {
        run_id,
        findings: Vec::new(),
        events_hidden: 0,
        outside_window: 0,
        rules_of_closed_hunts: Vec::new(),
        failures: Vec::new(),
    };
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
    let (looks, failures) = look_with_rules(case, run_id, &catalogue.broken, &windows, request)?;
    outcome.failures = failures;
    let mut done = BTreeMap::new();
    for look in &looks {
        let mut take_up = TakeUp::new(connection, look, policies[&look.rule_id], &operation, run_id)?;
        take_up.run(&mut done)?;
        outcome.events_hidden += take_up.hidden();
        outcome.outside_window += tables::count_outside_window(connection, look.version_id)?;
    }
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
    Ok(tables::list_findings(case, analyst)?.into_iter().map(with_change).collect())
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
