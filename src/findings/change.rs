//! What analysts decide about findings. Every change leaves a row of history.

use super::finding::{Finding, FindingId, HistoryEntry, Note};
use super::tables;
use super::verdict::{Classification, Determination, Status};
use crate::error::{Error, Result};
use crate::event::Timestamp;
use crate::rules::Severity;
use crate::store::{Case, Transaction};

/// Who changes something, when, and why.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// The analyst.
    pub by: &'a str,
    /// The present.
    pub at: Timestamp,
    /// The reason, `""` for none.
    pub why: &'a str,
}

/// What is to become of findings; None leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Where the work stands.
    pub status: Option<Status>,
    /// What was concluded.
    pub classification: Option<Classification>,
    /// Why.
    pub determination: Option<Determination>,
    /// How much it matters.
    pub severity: Option<Severity>,
    /// Who works on it.
    pub assigned_to: Option<String>,
}

/// Changes findings, all or none. Gives them as they are then.
///
/// # Errors
/// A finding that is not there, a pair of classification and determination that do not belong together, or a
/// finding resolved without a verdict and without a reason.
pub fn change_findings(
    case: &Case,
    ids: &[FindingId],
    change: &Change,
    author: Author<'_>,
) -> Result<Vec<Finding>> {
    let transaction = Transaction::begin(case.connection())?;
    let mut changed = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        if ids[..index].contains(id) {
            continue;
        }
        changed.push(change_finding(case, *id, change, author)?);
    }
    transaction.keep()?;
    Ok(changed)
}

fn change_finding(case: &Case, id: FindingId, change: &Change, author: Author<'_>) -> Result<Finding> {
    let old = tables::find_finding(case, id)?;
    let new = apply(&old, change, author)?;
    let is_same = fields(&old) == fields(&new);
    if is_same && !author.why.trim().is_empty() {
        // A reason is never lost: without a change that it could stand with, it is a note.
        write_note(case, id, author.why, author)?;
    }
    for (field, before, after) in fields(&old).into_iter().zip(fields(&new)).map(|(a, b)| (a.0, a.1, b.1)) {
        if before != after {
            let (by, why) = (author.by.to_owned(), author.why.to_owned());
            let entry =
                HistoryEntry { at: author.at, by, field: field.to_owned(), old: before, new: after, why };
            tables::insert_history(case.connection(), id, &entry)?;
        }
    }
    tables::update_finding(case.connection(), &new)?;
    Ok(new)
}

fn apply(old: &Finding, change: &Change, author: Author<'_>) -> Result<Finding> {
    let mut new = old.clone();
    new.status = change.status.unwrap_or(old.status);
    new.severity = change.severity.unwrap_or(old.severity);
    if let Some(assigned_to) = &change.assigned_to {
        new.assigned_to.clone_from(assigned_to);
    }
    if let Some(classification) = change.classification {
        new.classification = classification;
        if classification != old.classification && change.determination.is_none() {
            new.determination = match classification {
                Classification::Unknown => Determination::Unknown,
                _ => Determination::Other,
            };
        }
    }
    new.determination = change.determination.unwrap_or(new.determination);
    check_pair(new.classification, new.determination)?;
    if new.status == Status::Resolved
        && new.classification == Classification::Unknown
        && author.why.trim().is_empty()
    {
        return Err(Error::Usage(format!(
            "{} needs a verdict to be resolved: --verdict tp|benign|fp, or --why \"…\" to leave it undetermined",
            old.id
        )));
    }
    new.resolved_at = match (old.status, new.status) {
        (_, Status::Resolved) => Some(old.resolved_at.unwrap_or(author.at)),
        _ => None,
    };
    Ok(new)
}

fn check_pair(classification: Classification, determination: Determination) -> Result<()> {
    let allowed = classification.determinations();
    if allowed.contains(&determination) {
        return Ok(());
    }
    if classification == Classification::Unknown {
        return Err(Error::Usage("a determination needs a verdict: --verdict tp, benign or fp".to_owned()));
    }
    let allowed: Vec<String> = allowed.iter().map(|determination| determination.typed()).collect();
    Err(Error::Usage(format!(
        "{} does not go with {}, expected one of {}",
        determination.typed(),
        classification.typed(),
        allowed.join(", ")
    )))
}

/// What a change can touch, by the names that exports use.
fn fields(finding: &Finding) -> [(&'static str, String); 5] {
    [
        ("status", finding.status.to_string()),
        ("classification", finding.classification.to_string()),
        ("determination", finding.determination.to_string()),
        ("severity", finding.severity.to_string()),
        ("assignedTo", finding.assigned_to.clone()),
    ]
}

/// Adds a note to a finding.
///
/// # Errors
/// A finding that is not there, or a note without text.
pub fn write_note(case: &Case, id: FindingId, text: &str, author: Author<'_>) -> Result<()> {
    if text.trim().is_empty() {
        return Err(Error::Usage("a note needs a text".to_owned()));
    }
    tables::find_finding(case, id)?;
    let note = Note { at: author.at, by: author.by.to_owned(), text: text.to_owned() };
    tables::insert_note(case.connection(), id, &note)
}
