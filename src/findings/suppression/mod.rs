//! Suppressions: what of one rule's evidence is known to be harmless.
//!
//! One that *hides* keeps matching events out of sight: they are evidence all the same, counted, and brought back when
//! it is undone. One that *resolves* lets the finding be raised and resolves it with its verdict. A finding that holds
//! other evidence too, or that a person has resolved, keeps its status, its verdict and all that it shows.

mod restore;
mod scope;
mod tables;

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde_json::json;

use super::change::{check_pair, check_text, save_finding};
use super::finding::Finding;
use super::history::{Author, Cause, Operation, Subject, time_value};
use super::tables::{get_finding, get_traits, list_findings, recount_finding};
use super::verdict::{Classification, Determination, Status};
use super::words::words;
use super::{FindingId, SuppressionId};
use crate::error::{Error, Result};
use crate::event::Timestamp;
use crate::store::Case;

use restore::show_hidden;
pub(super) use restore::{restore_coverage, restore_hidden, restore_suppression, suppression_value};
pub(super) use scope::Coverage;
pub use scope::{CommandTest, Scope};
pub use tables::list_suppressions;
pub(super) use tables::{active_suppressions, cover_evidence, has_verdict_of_suppression};

words! {
    /// What a suppression does with what it covers.
    Action {
        Hide = "hide", "Hide";
        Resolve = "resolve", "Resolve";
    }
}

/// What of a rule's evidence is known to be harmless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Its number.
    pub id: SuppressionId,
    /// The rule's number in the case.
    pub rule_key: i64,
    /// The rule's name. No other rule's findings are ever touched.
    pub rule: String,
    /// Which events it covers.
    pub scope: Scope,
    /// What it does with them.
    pub action: Action,
    /// The verdict that it resolves with; unknown where it hides.
    pub classification: Classification,
    /// The verdict's reason.
    pub determination: Determination,
    /// When it ends; None for never.
    pub expires_at: Option<Timestamp>,
    /// Why it is.
    pub why: String,
    /// Who added it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// When it was lifted.
    pub lifted_at: Option<Timestamp>,
    /// How many events it has hidden, and still hides.
    pub hidden_events: i64,
    /// How many events it has covered.
    pub events: i64,
}

impl Suppression {
    /// Whether it covers events that come at `at`.
    pub fn is_active(&self, at: Timestamp) -> bool {
        self.lifted_at.is_none() && self.expires_at.is_none_or(|end| end > at)
    }

    /// Where it stands, in a word.
    pub fn state(&self, at: Timestamp) -> &'static str {
        match self.lifted_at {
            Some(_) => "lifted",
            None if self.is_active(at) => "active",
            None => "expired",
        }
    }

    /// Scope, action and end in words, for the history.
    fn description(&self) -> String {
        let end = match self.expires_at {
            Some(end) => format!("until {end}"),
            None => "for good".to_owned(),
        };
        let action = match self.action {
            Action::Hide => "hide".to_owned(),
            Action::Resolve => format!("resolve as {} / {}", self.classification, self.determination),
        };
        format!("{action} {} {end}", self.scope)
    }
}

/// A suppression that is to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSuppression {
    /// The rule's number in the case.
    pub rule_key: i64,
    /// Which events it covers.
    pub scope: Scope,
    /// What it does with them.
    pub action: Action,
    /// The verdict that it resolves with; unknown where it hides.
    pub classification: Classification,
    /// The verdict's reason.
    pub determination: Determination,
    /// When it ends; None for never.
    pub expires_at: Option<Timestamp>,
}

/// What adding a suppression did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressed {
    /// The suppression.
    pub suppression: Suppression,
    /// The open findings that it covers whole, as they are then.
    pub findings: Vec<Finding>,
    /// The open findings that hold other evidence too, and are left as they are.
    pub spared: Vec<FindingId>,
}

/// Adds a suppression, and applies it to the open findings of its rule that it covers whole.
///
/// # Errors
/// No reason, no scope, an end that is past, or a verdict that does not go with the action.
pub fn add_suppression(case: &Case, new: &NewSuppression, author: Author<'_>) -> Result<Suppressed> {
    check(new, author)?;
    let connection = case.connection();
    let transaction = case.begin()?;
    let operation = Operation::of_command(connection, author);
    let coverage = Coverage::new(&new.scope)?;
    let id = tables::insert_suppression(connection, new, author)?;
    let suppression = tables::get_suppression(connection, id)?;
    operation.record(Subject::Suppression(id), "suppression", "", &suppression.description())?;
    let mut suppressed = Suppressed { suppression, findings: Vec::new(), spared: Vec::new() };
    for finding in list_findings(case, author.by)? {
        if finding.rule_key != new.rule_key || finding.status == Status::Resolved {
            continue;
        }
        match covered_events(connection, &finding, &coverage)? {
            0 => {}
            events if events == finding.events => {
                apply_to(connection, &operation, &suppressed.suppression, &finding)?;
                suppressed.findings.push(get_finding(connection, finding.id, author.by)?);
            }
            _ => suppressed.spared.push(finding.id),
        }
    }
    suppressed.suppression = tables::get_suppression(connection, id)?;
    author.finish(transaction)?;
    Ok(suppressed)
}

fn check(new: &NewSuppression, author: Author<'_>) -> Result<()> {
    if author.why.trim().is_empty() {
        return Err(Error::Usage("a suppression needs a reason: --why \"…\"".to_owned()));
    }
    check_text("the reason", author.why)?;
    new.scope.check()?;
    if new.expires_at.is_some_and(|end| end <= author.at) {
        return Err(Error::Usage(
            "--expires: expected a time in the future, a span such as 30d, or never".to_owned(),
        ));
    }
    match (new.action, new.classification) {
        (Action::Hide, Classification::Unknown) => Ok(()),
        (Action::Hide, _) => {
            Err(Error::Usage("a suppression that hides has no verdict; say --action resolve".to_owned()))
        }
        (Action::Resolve, Classification::Unknown) => Err(Error::Usage(
            "a suppression that resolves needs a verdict: --verdict benign, fp or tp".to_owned(),
        )),
        (Action::Resolve, classification) => check_pair(classification, new.determination, false),
    }
}

/// How many events of what a finding shows are covered; stops at the first that is not, when some are.
fn covered_events(connection: &Connection, finding: &Finding, coverage: &Coverage) -> Result<i64> {
    if !coverage.covers_device(finding.device_key) {
        return Ok(0);
    }
    let (mut covered, mut others) = (0, false);
    tables::each_shown_event(connection, finding.id, &mut |event_id| {
        match coverage.covers(&get_traits(connection, event_id)?) {
            true => covered += 1,
            false => others = true,
        }
        Ok(!(others && covered > 0))
    })?;
    Ok(covered)
}

/// Hides or resolves a finding that a suppression covers whole.
fn apply_to(
    connection: &Connection,
    operation: &Operation<'_, '_>,
    suppression: &Suppression,
    finding: &Finding,
) -> Result<()> {
    let before = coverage_value(&tables::list_coverage(connection, finding.id)?);
    if !before.is_empty() {
        operation.record(Subject::Finding(finding.id), "coveredBy", &before, &suppression.id.to_string())?;
    }
    match suppression.action {
        Action::Hide => set_hidden(connection, operation, finding.id, suppression.id, true),
        Action::Resolve => {
            tables::cover_evidence(connection, finding.id, suppression.id)?;
            resolve(connection, operation, suppression, finding)
        }
    }
}

/// Which suppressions have covered which events, as a value of the history: a JSON object of lists; `""` for none.
fn coverage_value(covered: &[(i64, SuppressionId)]) -> String {
    let mut events = BTreeMap::<String, Vec<i64>>::new();
    for (event_id, suppression) in covered {
        events.entry(suppression.to_string()).or_default().push(*event_id);
    }
    if events.is_empty() { String::new() } else { json!(events).to_string() }
}

/// Resolves a finding with a suppression's verdict.
pub(super) fn resolve(
    connection: &Connection,
    operation: &Operation<'_, '_>,
    suppression: &Suppression,
    finding: &Finding,
) -> Result<()> {
    let resolved = Finding {
        status: Status::Resolved,
        classification: suppression.classification,
        determination: suppression.determination,
        verdict_until: None,
        resolved_at: Some(operation.author().at),
        resolved_events: Some(finding.events),
        ..finding.clone()
    };
    let cause = Cause { why: &suppression.why, suppression: Some(suppression.id) };
    save_finding(connection, operation, finding, &resolved, cause)
}

/// Hides what a finding shows under a suppression, or shows again what the suppression hides of it.
fn set_hidden(
    connection: &Connection,
    operation: &Operation<'_, '_>,
    finding: FindingId,
    suppression: SuppressionId,
    is_hidden: bool,
) -> Result<()> {
    let (name, none) = (suppression.to_string(), String::new());
    let (old, new) = if is_hidden { (&none, &name) } else { (&name, &none) };
    operation.record(Subject::Finding(finding), "hiddenBy", old, new)?;
    tables::write_hidden(connection, finding, suppression, is_hidden)?;
    recount_finding(connection, finding)
}

/// Ends a suppression from now on. What it hid stays hidden, and what it resolved resolved, unless `restore` says
/// otherwise. Gives it with the findings that show evidence again.
///
/// # Errors
/// A suppression that is not there, or has been lifted.
pub fn lift_suppression(
    case: &Case,
    id: SuppressionId,
    restore: bool,
    author: Author<'_>,
) -> Result<Suppressed> {
    check_text("the reason", author.why)?;
    let connection = case.connection();
    let transaction = case.begin()?;
    let operation = Operation::of_command(connection, author);
    let suppression = tables::get_suppression(connection, id)?;
    match suppression.lifted_at {
        Some(_) if !restore => {
            return Err(Error::Usage(format!("{id} is lifted already; --restore shows what it hid")));
        }
        Some(_) => {}
        None => {
            operation.record(Subject::Suppression(id), "liftedAt", "", &time_value(Some(author.at)))?;
            tables::write_lifted(connection, id, Some(author.at))?;
        }
    }
    let findings = if restore { show_hidden(connection, &operation, id)? } else { Vec::new() };
    let suppression = tables::get_suppression(connection, id)?;
    author.finish(transaction)?;
    Ok(Suppressed { suppression, findings, spared: Vec::new() })
}

/// One suppression.
///
/// # Errors
/// There is no suppression of this number.
pub fn find_suppression(case: &Case, id: SuppressionId) -> Result<Suppression> {
    tables::get_suppression(case.connection(), id)
}
