//! Taking back the last change of an analyst, as a new change.

use rusqlite::Connection;

use super::change::{check_text, save_finding};
use super::finding::Finding;
use super::history::{
    Author, HistoryEntry, Operation, Subject, has_later_change, last_operation, list_changes,
};
use super::hunt::{hunt_value, restore_hunt, restore_rule, rule_value};
use super::prune;
use super::review::{restore_review, review_state_of, review_value};
use super::suppression::{restore_coverage, restore_hidden, restore_suppression, suppression_value};
use super::tables;
use super::verdict::Status;
use crate::error::{Error, Result, quoted};
use crate::store::Case;

/// What was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The changes that were taken back, in the order in which they had been made.
    pub undone: Vec<HistoryEntry>,
    /// The changes that took them back.
    pub changes: Vec<HistoryEntry>,
}

/// Takes back the last command of the author that changed something and is not undone; what runs did is not an
/// analyst's to take back. The history keeps both.
///
/// # Errors
/// There is nothing to take back, it has been changed again since, or it was a prune.
pub fn undo(case: &Case, author: Author<'_>) -> Result<Undone> {
    check_text("the reason", author.why)?;
    let connection = case.connection();
    let transaction = case.begin()?;
    let Some((last, command)) = last_operation(connection, author.by)? else {
        return Err(Error::Usage(format!("there is no change by {} that can be undone", quoted(author.by))));
    };
    if command == prune::COMMAND {
        return Err(Error::Usage(
            "your last change was a prune, and what it removed is gone; nothing is undone, change what was before it \
             with a command of its own"
                .to_owned(),
        ));
    }
    let operation = Operation::of_undo(connection, author, last);
    let undone = list_changes(connection, last)?;
    for entry in &undone {
        check_unchanged(connection, entry)?;
        check_evidence(connection, entry)?;
    }
    for entry in undone.iter().rev() {
        take_back(connection, &operation, entry)?;
    }
    raise_what_shows(connection, &operation, &undone)?;
    // An operation that changes nothing is recorded all the same, so that the next undo goes on before this one.
    let changes = list_changes(connection, operation.id()?)?;
    author.finish(transaction)?;
    Ok(Undone { undone, changes })
}

/// Refuses to take back what has been changed again.
fn check_unchanged(connection: &Connection, entry: &HistoryEntry) -> Result<()> {
    let now = present_value(connection, entry)?;
    let is_same = now.as_ref().is_none_or(|now| *now == entry.new);
    // Also what was changed and changed back is somebody's decision.
    if is_same && !has_later_change(connection, entry)? {
        return check_follower(connection, entry);
    }
    let now = now.unwrap_or_else(|| entry.new.clone());
    let now = match entry.subject {
        Subject::Review(..) => review_state_of(&now).shown().to_owned(),
        _ if now.is_empty() => "nothing".to_owned(),
        _ => quoted(&now),
    };
    Err(Error::Usage(format!(
        "{} {} has been changed again since, to {now}; nothing is undone, change it with a command of its own",
        entry.what, entry.field
    )))
}

/// Refuses to open a finding again that another one follows by now.
fn check_follower(connection: &Connection, entry: &HistoryEntry) -> Result<()> {
    let Subject::Finding(id) = entry.subject else { return Ok(()) };
    let opens = entry.field == "status" && entry.new == Status::Resolved.name();
    match tables::get_finding(connection, id, "")?.successor.filter(|_| opens) {
        Some(successor) => {
            Err(Error::Usage(format!("{id} is followed by {successor} since; nothing is undone")))
        }
        None => Ok(()),
    }
}

/// Refuses to resolve a finding again that got evidence since: nobody has judged that.
fn check_evidence(connection: &Connection, entry: &HistoryEntry) -> Result<()> {
    let Subject::Finding(id) = entry.subject else { return Ok(()) };
    let resolves = entry.field == "status" && entry.old == Status::Resolved.name();
    match resolves && tables::has_evidence_since(connection, id, entry.operation)? {
        true => Err(Error::Usage(format!(
            "{id} got new evidence since; nothing is undone, resolve it with a command of its own"
        ))),
        false => Ok(()),
    }
}

/// Raises what would show evidence without having been raised, since a run brought some in between.
fn raise_what_shows(
    connection: &Connection,
    operation: &Operation<'_, '_>,
    undone: &[HistoryEntry],
) -> Result<()> {
    let author = operation.author();
    for entry in undone.iter().filter(|entry| entry.field == "createdAt") {
        let Subject::Finding(id) = entry.subject else { continue };
        let old = tables::get_finding(connection, id, author.by)?;
        if old.events > 0 && old.created_at.is_none() {
            save_finding(
                connection,
                operation,
                &old,
                &Finding { created_at: Some(author.at), ..old.clone() },
                "".into(),
            )?;
        }
    }
    Ok(())
}

fn take_back(connection: &Connection, operation: &Operation<'_, '_>, entry: &HistoryEntry) -> Result<()> {
    operation.record(entry.subject, &entry.field, &entry.new, &entry.old)?;
    match restore(connection, operation, entry)? {
        true => Ok(()),
        false => Err(Error::Usage(format!("{} {} cannot be undone", entry.what, entry.field))),
    }
}

/// What the field of a change is now; None where a field has many values, such as tags and notes.
fn present_value(connection: &Connection, entry: &HistoryEntry) -> Result<Option<String>> {
    match entry.subject {
        Subject::Finding(id) => {
            let finding = tables::get_finding(connection, id, "")?;
            let fields = finding.fields();
            Ok(fields.into_iter().find(|(name, _)| *name == entry.field).map(|(_, value)| value))
        }
        Subject::Hunt(id) => hunt_value(connection, id, &entry.field),
        Subject::Rule(id) => rule_value(connection, id, &entry.field),
        Subject::Review(hunt, device) => review_value(connection, hunt, device).map(Some),
        Subject::Suppression(id) => suppression_value(connection, id, &entry.field),
    }
}

/// Gives the field of a change the value that it had before. False where that cannot be done.
fn restore(connection: &Connection, operation: &Operation<'_, '_>, entry: &HistoryEntry) -> Result<bool> {
    let (field, value) = (entry.field.as_str(), entry.old.as_str());
    match entry.subject {
        Subject::Finding(_) | Subject::Hunt(_) if field == "note" => {
            tables::write_note_row(connection, entry.operation, entry.subject, &entry.new, false)?;
            Ok(true)
        }
        Subject::Finding(id) => match field {
            "tag" => {
                let (tag, is_there) = if value.is_empty() { (&entry.new, false) } else { (&entry.old, true) };
                tables::write_tag(connection, id, tag, is_there)?;
                Ok(true)
            }
            "hiddenBy" => restore_hidden(connection, operation, id, (&entry.new, &entry.old)),
            "coveredBy" => restore_coverage(connection, id, value),
            _ => {
                let mut finding: Finding = tables::get_finding(connection, id, "")?;
                let is_set = finding.set_field(field, value);
                tables::update_finding(connection, &finding)?;
                Ok(is_set)
            }
        },
        Subject::Hunt(id) => restore_hunt(connection, id, field, value),
        Subject::Rule(id) => restore_rule(connection, id, field, value),
        Subject::Review(hunt, device) => restore_review(connection, hunt, device, value),
        Subject::Suppression(id) => restore_suppression(connection, operation, id, field, value),
    }
}
