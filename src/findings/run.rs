//! A run: rules look at what is new, and findings take it up.

use std::collections::BTreeMap;

use super::finding::{Finding, FindingId};
use super::tables::{self, NewEvidence, RunCounts};
use crate::error::Result;
use crate::rules::{Catalogue, RuleLook, RunRequest, look_with_rules};
use crate::store::{Case, Transaction};

/// What a run did.
#[derive(Debug, Clone, PartialEq)]
pub struct RunOutcome {
    /// The run's number.
    pub run_id: i64,
    /// Findings that were raised or got evidence, latest activity first.
    pub changes: Vec<FindingChange>,
    /// How many findings stayed as they were.
    pub unchanged: usize,
    /// How many matches lie outside the window that findings cover, and are in none.
    pub outside_window: i64,
    /// Why rules failed; the others ran.
    pub failures: Vec<String>,
}

/// A finding that a run changed.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingChange {
    /// The finding as it is now.
    pub finding: Finding,
    /// What happened to it.
    pub change: WhatChanged,
    /// How many events were added to it.
    pub events_added: i64,
}

/// What happened to a finding in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhatChanged {
    /// It was raised.
    New,
    /// It got more evidence.
    Updated,
}

impl WhatChanged {
    /// The word in summaries.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Updated => "updated",
        }
    }
}

/// Runs the rules over what is new in the case, as one transaction.
///
/// # Errors
/// The case's database. A rule that fails is no error here: it is recorded and listed.
pub fn run_rules(case: &Case, catalogue: &Catalogue, request: &RunRequest<'_>) -> Result<RunOutcome> {
    let started = (request.stopwatch)();
    let connection = case.connection();
    let transaction = Transaction::begin(connection)?;
    let (run_id, looks, failures) = look_with_rules(case, catalogue, request)?;
    let (mut touched, mut outside_window) = (BTreeMap::new(), 0);
    for look in &looks {
        take_up(case, look, run_id, request, &mut touched)?;
        outside_window += tables::count_outside_window(connection, look.version_id)?;
    }
    let all = tables::list_findings(case)?;
    let unchanged = all.len() - touched.len();
    let is_touched = |finding: Finding| {
        let (change, events_added) = *touched.get(&finding.id)?;
        Some(FindingChange { finding, change, events_added })
    };
    let changes: Vec<FindingChange> = all.into_iter().filter_map(is_touched).collect();
    let count = |what| changes.iter().filter(|change| change.change == what).count() as i64;
    let counts = RunCounts {
        duration_ms: (request.stopwatch)() - started,
        new: count(WhatChanged::New),
        updated: count(WhatChanged::Updated),
        unchanged: unchanged as i64,
    };
    tables::finish_run(connection, run_id, counts)?;
    transaction.keep()?;
    Ok(RunOutcome { run_id, changes, unchanged, outside_window, failures })
}

/// Adds to a rule's findings what it matched in its window and they do not hold yet.
fn take_up(
    case: &Case,
    look: &RuleLook<'_>,
    run_id: i64,
    request: &RunRequest<'_>,
    touched: &mut BTreeMap<FindingId, (WhatChanged, i64)>,
) -> Result<()> {
    let connection = case.connection();
    tables::widen_window(connection, look.rule_id, look.window)?;
    let evidence = tables::list_new_evidence(connection, look.version_id)?;
    for of_device in evidence.chunk_by(|a, b| a.device_id == b.device_id) {
        let (id, change) = match of_device[0].finding {
            Some(id) => (id, WhatChanged::Updated),
            None => (raise(case, look, &of_device[0], request)?, WhatChanged::New),
        };
        for event in of_device {
            tables::insert_evidence(connection, id, event.event_id, look.version_id, run_id)?;
        }
        tables::add_activity(connection, id, of_device)?;
        touched.insert(id, (change, of_device.len() as i64));
    }
    Ok(())
}

fn raise(
    case: &Case,
    look: &RuleLook<'_>,
    first: &NewEvidence,
    request: &RunRequest<'_>,
) -> Result<FindingId> {
    tables::insert_finding(case.connection(), look.rule_id, first, look.rule.head.severity, request.at)
}
