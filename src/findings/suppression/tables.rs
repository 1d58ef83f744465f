//! The table of suppressions, and the evidence that they cover.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{Action, CommandTest, NewSuppression, Scope, Suppression};
use crate::error::{Error, Result};
use crate::event::Timestamp;
use crate::findings::history::Author;
use crate::findings::tables::{optional_time, time, word};
use crate::findings::{FindingId, SuppressionId};
use crate::store::{Case, query};

/// Every suppression, in the order in which they were added.
///
/// # Errors
/// The case's database.
pub fn list_suppressions(case: &Case) -> Result<Vec<Suppression>> {
    select_suppressions(case.connection(), None, None)
}

/// The suppressions of a rule that cover events which come at `at`.
pub fn active_suppressions(connection: &Connection, rule_id: i64, at: Timestamp) -> Result<Vec<Suppression>> {
    let mut suppressions = select_suppressions(connection, None, Some(rule_id))?;
    suppressions.retain(|suppression| suppression.is_active(at));
    Ok(suppressions)
}

/// One suppression.
pub fn get_suppression(connection: &Connection, id: SuppressionId) -> Result<Suppression> {
    match select_suppressions(connection, Some(id), None)?.pop() {
        Some(suppression) => Ok(suppression),
        None => Err(Error::Unknown { what: "suppression", name: id.to_string(), known: String::new() }),
    }
}

fn select_suppressions(
    connection: &Connection,
    id: Option<SuppressionId>,
    rule_id: Option<i64>,
) -> Result<Vec<Suppression>> {
    let mut statement = connection.prepare_cached(query!("findings/list_suppressions"))?;
    let params = named_params! { ":suppression_id": id.map(|id| id.0), ":rule_id": rule_id };
    let suppressions = statement.query_map(params, read_suppression)?;
    Ok(suppressions.collect::<rusqlite::Result<_>>()?)
}

fn read_suppression(row: &Row<'_>) -> rusqlite::Result<Suppression> {
    let device: Option<i64> = row.get("device_id")?;
    let operator: Option<String> = row.get("command_operator")?;
    Ok(Suppression {
        id: SuppressionId(row.get("suppression_id")?),
        rule_key: row.get("rule_id")?,
        rule: row.get("rule_name")?,
        scope: Scope {
            device: device.map(|key| Ok::<_, rusqlite::Error>((key, row.get("device_name")?))).transpose()?,
            account: row.get("account")?,
            command: operator
                .map(|operator| {
                    Ok::<_, rusqlite::Error>(CommandTest { operator, text: row.get("command_text")? })
                })
                .transpose()?,
        },
        action: word::<Action>(row, "action")?,
        classification: word(row, "classification")?,
        determination: word(row, "determination")?,
        expires_at: optional_time(row, "expires_at")?,
        why: row.get("why")?,
        by: row.get("added_by")?,
        at: time(row, "added_at")?,
        lifted_at: optional_time(row, "lifted_at")?,
        hidden_events: row.get("hidden_events")?,
        events: row.get("events")?,
    })
}

/// Adds a suppression; gives its number.
pub fn insert_suppression(
    connection: &Connection,
    new: &NewSuppression,
    author: Author<'_>,
) -> Result<SuppressionId> {
    connection.prepare_cached(query!("findings/insert_suppression"))?.execute(named_params! {
        ":rule_id": new.rule_key,
        ":device_id": new.scope.device.as_ref().map(|(key, _)| *key),
        ":account": new.scope.account,
        ":command_operator": new.scope.command.as_ref().map(|command| &command.operator),
        ":command_text": new.scope.command.as_ref().map(|command| &command.text),
        ":action": new.action.name(),
        ":classification": new.classification.name(),
        ":determination": new.determination.name(),
        ":expires_at": new.expires_at.map(Timestamp::ticks),
        ":why": author.why,
        ":added_at": author.at.ticks(),
        ":added_by": author.by,
    })?;
    Ok(SuppressionId(connection.last_insert_rowid()))
}

/// Lifts a suppression, or takes that back.
pub fn write_lifted(connection: &Connection, id: SuppressionId, at: Option<Timestamp>) -> Result<()> {
    let params = named_params! { ":suppression_id": id.0, ":lifted_at": at.map(Timestamp::ticks) };
    connection.prepare_cached(query!("findings/lift_suppression"))?.execute(params)?;
    Ok(())
}

/// Takes a suppression back: it keeps its row, for the history, and is listed no more.
pub fn write_undone(connection: &Connection, id: SuppressionId) -> Result<()> {
    connection.prepare_cached(query!("findings/undo_suppression"))?.execute([id.0])?;
    Ok(())
}

/// Notes that a suppression covers all that a finding shows.
pub fn cover_evidence(connection: &Connection, finding: FindingId, id: SuppressionId) -> Result<()> {
    let params = named_params! { ":finding_id": finding.0, ":suppression_id": id.0 };
    connection.prepare_cached(query!("findings/cover_evidence"))?.execute(params)?;
    Ok(())
}

/// Which events of what a finding shows a suppression has covered, in the order of arrival.
pub fn list_coverage(connection: &Connection, finding: FindingId) -> Result<Vec<(i64, SuppressionId)>> {
    let mut statement = connection.prepare_cached(query!("findings/list_coverage"))?;
    let covered = statement.query_map([finding.0], |row| {
        Ok((row.get("event_id")?, SuppressionId(row.get("suppression_id")?)))
    })?;
    Ok(covered.collect::<rusqlite::Result<_>>()?)
}

/// Notes which suppression covers an event of a finding.
pub fn write_coverage(
    connection: &Connection,
    (finding, event_id): (FindingId, i64),
    id: SuppressionId,
) -> Result<()> {
    connection.prepare_cached(query!("findings/update_coverage"))?.execute(named_params! {
        ":finding_id": finding.0,
        ":event_id": event_id,
        ":suppression_id": id.0,
    })?;
    Ok(())
}

/// Notes that a suppression which was taken back covers nothing.
pub fn uncover_evidence(connection: &Connection, id: SuppressionId) -> Result<()> {
    connection.prepare_cached(query!("findings/uncover_evidence"))?.execute([id.0])?;
    Ok(())
}

/// Hides under a suppression what a finding shows, or shows what the suppression hides of it.
pub fn write_hidden(
    connection: &Connection,
    finding: FindingId,
    id: SuppressionId,
    is_hidden: bool,
) -> Result<()> {
    let sql = if is_hidden { query!("findings/hide_evidence") } else { query!("findings/show_evidence") };
    let params = named_params! { ":finding_id": finding.0, ":suppression_id": id.0 };
    connection.prepare_cached(sql)?.execute(params)?;
    Ok(())
}

/// Hides again what a suppression has hidden of a finding before.
///
/// False where it covers nothing of it any more.
pub fn hide_again(connection: &Connection, finding: FindingId, id: SuppressionId) -> Result<bool> {
    let params = named_params! { ":finding_id": finding.0, ":suppression_id": id.0 };
    Ok(connection.prepare_cached(query!("findings/hide_evidence_again"))?.execute(params)? > 0)
}

/// Whether the verdict of a finding is a suppression's doing, and no person has touched it since.
pub fn has_verdict_of_suppression(connection: &Connection, finding: FindingId) -> Result<bool> {
    let mut statement = connection.prepare_cached(query!("findings/has_verdict_of_suppression"))?;
    let verdict = statement.query_row([finding.0], |row| row.get("is_suppression")).optional()?;
    Ok(verdict.unwrap_or(false))
}

/// Whether what a suppression hides of a finding is in part something that the finding does not show.
pub fn has_novel_hidden(connection: &Connection, finding: FindingId, id: SuppressionId) -> Result<bool> {
    let mut statement = connection.prepare_cached(query!("findings/has_novel_hidden"))?;
    let params = named_params! { ":finding_id": finding.0, ":suppression_id": id.0 };
    Ok(statement.query_row(params, |row| row.get("has_novel"))?)
}

/// The findings that are resolved because a suppression resolved them.
pub fn list_resolved_by(connection: &Connection, id: SuppressionId) -> Result<Vec<FindingId>> {
    let mut statement = connection.prepare_cached(query!("findings/list_resolved_by"))?;
    let findings = statement.query_map([id.0], |row| row.get("finding_id").map(FindingId))?;
    Ok(findings.collect::<rusqlite::Result<_>>()?)
}

/// The findings of which a suppression hides something.
pub fn list_hidden_by(connection: &Connection, id: SuppressionId) -> Result<Vec<FindingId>> {
    let mut statement = connection.prepare_cached(query!("findings/list_hidden_by"))?;
    let findings = statement.query_map([id.0], |row| row.get("finding_id").map(FindingId))?;
    Ok(findings.collect::<rusqlite::Result<_>>()?)
}

/// Hands on the events that a finding shows, until `each` says that it is enough.
pub fn each_shown_event(
    connection: &Connection,
    finding: FindingId,
    each: &mut dyn FnMut(i64) -> Result<bool>,
) -> Result<()> {
    let mut statement = connection.prepare_cached(query!("findings/list_shown_events"))?;
    let mut rows = statement.query([finding.0])?;
    while let Some(row) = rows.next()? {
        if !each(row.get("event_id")?)? {
            break;
        }
    }
    Ok(())
}
