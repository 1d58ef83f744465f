//! Showing what suppressions hide, opening what they resolved, and taking back what was done with them.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::set_hidden;
use super::tables;
use crate::error::Result;
use crate::findings::change::{reopened, save_finding};
use crate::findings::finding::Finding;
use crate::findings::history::{Operation, read_time, time_value};
use crate::findings::hunt::Reopen;
use crate::findings::reopen::{Fate, fate};
use crate::findings::tables::{get_finding, recount_finding};
use crate::findings::verdict::Status;
use crate::findings::{FindingId, SuppressionId};

/// Gives back to earlier suppressions what a later one covered instead.
pub fn restore_coverage(connection: &Connection, finding: FindingId, value: &str) -> Result<bool> {
    let Ok(events) = serde_json::from_str::<BTreeMap<String, Vec<i64>>>(value) else { return Ok(false) };
    for (name, events) in events {
        let Ok(suppression) = name.parse() else { return Ok(false) };
        for event_id in events {
            tables::write_coverage(connection, (finding, event_id), suppression)?;
        }
    }
    Ok(true)
}

/// Shows all that a suppression hides, and opens what it resolved. A finding that shows for the first time is raised.
/// Gives the findings.
pub fn show_hidden(
    connection: &Connection,
    operation: &Operation<'_, '_>,
    id: SuppressionId,
) -> Result<Vec<Finding>> {
    let author = operation.author();
    let mut shown = Vec::new();
    for finding in tables::list_hidden_by(connection, id)? {
        let is_novel = tables::has_novel_hidden(connection, finding, id)?;
        set_hidden(connection, operation, finding, id, false)?;
        raise_or_reopen(connection, operation, (finding, id), is_novel)?;
        shown.push(get_finding(connection, finding, author.by)?);
    }
    shown.extend(reopen_resolved(connection, operation, id)?);
    Ok(shown)
}

/// Raises a finding that shows evidence for the first time, or opens a resolved one of which more shows than it was
/// resolved with, as a run would that brought it.
fn raise_or_reopen(
    connection: &Connection,
    operation: &Operation<'_, '_>,
    (finding, id): (FindingId, SuppressionId),
    is_novel: bool,
) -> Result<()> {
    let author = operation.author();
    let old = get_finding(connection, finding, author.by)?;
    let new = match old.status {
        Status::Resolved if fate(Reopen::Novel, &old, is_novel, author.at) == Fate::Repeated => return Ok(()),
        Status::Resolved => reopened(&old, author.at),
        _ => Finding { created_at: old.created_at.or(Some(author.at)), ..old.clone() },
    };
    save_finding(connection, operation, &old, &new, format!("{id} no longer hides it").as_str().into())
}

/// Opens again what runs, or the suppression's own beginning, resolved with its verdict. Gives the findings.
fn reopen_resolved(
    connection: &Connection,
    operation: &Operation<'_, '_>,
    id: SuppressionId,
) -> Result<Vec<Finding>> {
    let author = operation.author();
    let mut opened = Vec::new();
    for finding in tables::list_resolved_by(connection, id)? {
        let old = get_finding(connection, finding, author.by)?;
        save_finding(
            connection,
            operation,
            &old,
            &reopened(&old, author.at),
            format!("{id} no longer resolves it").as_str().into(),
        )?;
        opened.push(get_finding(connection, finding, author.by)?);
    }
    Ok(opened)
}

/// The value of a field of the history as it is now.
pub fn suppression_value(connection: &Connection, id: SuppressionId, field: &str) -> Result<Option<String>> {
    let suppression = tables::get_suppression(connection, id)?;
    Ok(match field {
        "suppression" => Some(suppression.description()),
        "liftedAt" => Some(time_value(suppression.lifted_at)),
        _ => None,
    })
}

/// Gives a field the value that the history has for it: takes a suppression back, or its lifting. What one that is
/// taken back has hidden shows again.
pub fn restore_suppression(
    connection: &Connection,
    operation: &Operation<'_, '_>,
    id: SuppressionId,
    field: &str,
    value: &str,
) -> Result<bool> {
    match field {
        "suppression" if value.is_empty() => {
            show_hidden(connection, operation, id)?;
            tables::write_undone(connection, id)?;
            tables::uncover_evidence(connection, id)?;
        }
        "liftedAt" => tables::write_lifted(connection, id, read_time(value))?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Hides again, or shows again, what a suppression has hidden of a finding, and nothing else of it.
pub fn restore_hidden(
    connection: &Connection,
    operation: &Operation<'_, '_>,
    finding: FindingId,
    (old, new): (&str, &str),
) -> Result<bool> {
    let (name, is_hidden) = if new.is_empty() { (old, false) } else { (new, true) };
    let Ok(id) = name.parse() else { return Ok(false) };
    if is_hidden {
        let is_done = tables::hide_again(connection, finding, id)?;
        recount_finding(connection, finding)?;
        return Ok(is_done);
    }
    let is_novel = tables::has_novel_hidden(connection, finding, id)?;
    tables::write_hidden(connection, finding, id, false)?;
    recount_finding(connection, finding)?;
    if get_finding(connection, finding, operation.author().by)?.status == Status::Resolved {
        raise_or_reopen(connection, operation, (finding, id), is_novel)?;
    }
    Ok(true)
}
