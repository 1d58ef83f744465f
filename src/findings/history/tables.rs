//! The tables of operations and changes.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{Author, Cause, HistoryEntry, Subject};
use crate::error::Result;
use crate::event::Timestamp;
use crate::findings::{FindingId, HuntId, SuppressionId};
use crate::store::{Case, query};

/// Which changes are asked for; None and the default ask for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Those of this finding, hunt or suppression alone.
    pub subject: Option<Subject>,
    /// Those of a rule, by its number: of itself, its findings and its suppressions.
    pub rule: Option<i64>,
    /// Those of a device, by its number: its reviews and its findings.
    pub device: Option<i64>,
    /// Those of this analyst.
    pub by: Option<String>,
    /// Those at this time or later.
    pub since: Option<Timestamp>,
}

/// Begins an operation; gives its number.
pub fn insert_operation(
    connection: &Connection,
    author: &Author<'_>,
    run_id: Option<i64>,
    undone: Option<i64>,
) -> Result<i64> {
    connection.prepare_cached(query!("findings/insert_operation"))?.execute(named_params! {
        ":command": author.command,
        ":done_at": author.at.ticks(),
        ":done_by": author.by,
        ":run_id": run_id,
        ":undone_id": undone,
    })?;
    Ok(connection.last_insert_rowid())
}

/// Adds one change to an operation.
pub fn insert_change(
    connection: &Connection,
    operation: i64,
    subject: Subject,
    field: &str,
    (old, new): (&str, &str),
    cause: Cause<'_>,
) -> Result<()> {
    let columns = Columns::of(subject);
    connection.prepare_cached(query!("findings/insert_history"))?.execute(named_params! {
        ":operation_id": operation,
        ":finding_id": columns.finding,
        ":device_id": columns.device,
        ":hunt_id": columns.hunt,
        ":rule_id": columns.rule,
        ":suppression_id": columns.suppression,
        ":field": field,
        ":old": old,
        ":new": new,
        ":why": cause.why,
        ":by_suppression_id": cause.suppression.map(|id| id.0),
    })?;
    Ok(())
}

/// The columns that say what a change is of.
#[derive(Default)]
struct Columns {
    finding: Option<i64>,
    device: Option<i64>,
    hunt: Option<i64>,
    rule: Option<i64>,
    suppression: Option<i64>,
}

impl Columns {
    fn of(subject: Subject) -> Self {
        let none = Self::default();
        match subject {
            Subject::Finding(id) => Self { finding: Some(id.0), ..none },
            Subject::Hunt(id) => Self { hunt: Some(id.0), ..none },
            Subject::Review(hunt, device) => Self { hunt: Some(hunt.0), device: Some(device), ..none },
            Subject::Rule(id) => Self { rule: Some(id), ..none },
            Subject::Suppression(id) => Self { suppression: Some(id.0), ..none },
        }
    }
}

/// Whether the same was changed by a later command or run that still stands. Of a field with many values, such as
/// tags, the same is the value.
pub fn has_later_change(connection: &Connection, entry: &HistoryEntry) -> Result<bool> {
    let columns = Columns::of(entry.subject);
    let has_many_values = matches!(entry.field.as_str(), "tag" | "hiddenBy" | "note");
    let value = if entry.new.is_empty() { &entry.old } else { &entry.new };
    let mut statement = connection.prepare_cached(query!("findings/has_later_change"))?;
    let params = named_params! {
        ":history_id": entry.id,
        ":operation_id": entry.operation,
        ":finding_id": columns.finding,
        ":device_id": columns.device,
        ":hunt_id": columns.hunt,
        ":rule_id": columns.rule,
        ":suppression_id": columns.suppression,
        // To be raised is undone for good and all: whatever was done with the finding since counts.
        ":field": Some(&entry.field).filter(|field| *field != "createdAt"),
        ":value": has_many_values.then_some(value),
    };
    Ok(statement.query_row(params, |row| row.get("has_change"))?)
}

/// A finding's changes, in the order in which they were made.
///
/// # Errors
/// The case's database.
pub fn list_finding_history(case: &Case, id: FindingId) -> Result<Vec<HistoryEntry>> {
    let mut statement = case.connection().prepare_cached(query!("findings/list_finding_history"))?;
    let entries = statement.query_map([id.0], read_entry)?;
    Ok(entries.collect::<rusqlite::Result<_>>()?)
}

/// Changes, in the order in which they were made, each handed on as it is read.
///
/// # Errors
/// The case's database, or what `each` says.
pub fn list_history(
    case: &Case,
    filter: &HistoryFilter,
    each: &mut dyn FnMut(HistoryEntry) -> Result<()>,
) -> Result<()> {
    let (mut finding, mut hunt, mut suppression) = (None, None, None);
    match filter.subject {
        Some(Subject::Finding(id)) => finding = Some(id.0),
        Some(Subject::Hunt(id)) => hunt = Some(id.0),
        Some(Subject::Suppression(id)) => suppression = Some(id.0),
        Some(Subject::Review(..) | Subject::Rule(_)) | None => {}
    }
    let mut statement = case.connection().prepare(query!("findings/list_history"))?;
    let mut rows = statement.query(named_params! {
        ":finding_id": finding,
        ":hunt_id": hunt,
        ":suppression_id": suppression,
        ":rule_id": filter.rule,
        ":device_id": filter.device,
        ":done_by": filter.by,
        ":since": filter.since.map(Timestamp::ticks),
    })?;
    while let Some(row) = rows.next()? {
        each(read_entry(row)?)?;
    }
    Ok(())
}

/// The newest operation of an analyst's commands that is not undone and undoes nothing itself, with its command.
pub fn last_operation(connection: &Connection, by: &str) -> Result<Option<(i64, String)>> {
    let mut statement = connection.prepare(query!("findings/get_last_operation"))?;
    Ok(statement.query_row([by], |row| Ok((row.get("operation_id")?, row.get("command")?))).optional()?)
}

/// The changes of one operation, in the order in which they were made.
pub fn list_changes(connection: &Connection, operation: i64) -> Result<Vec<HistoryEntry>> {
    let mut statement = connection.prepare(query!("findings/list_operation_history"))?;
    let entries = statement.query_map([operation], read_entry)?;
    Ok(entries.collect::<rusqlite::Result<_>>()?)
}

/// What others changed of a finding after the change `since`.
pub fn list_changes_of_others(
    connection: &Connection,
    finding: FindingId,
    analyst: &str,
    since: i64,
) -> Result<Vec<HistoryEntry>> {
    let mut statement = connection.prepare_cached(query!("findings/list_history_of_others"))?;
    let params = named_params! { ":finding_id": finding.0, ":analyst": analyst, ":since": since };
    let entries = statement.query_map(params, read_entry)?;
    Ok(entries.collect::<rusqlite::Result<_>>()?)
}

/// The newest change in the case; 0 when there is none.
pub fn newest_change(connection: &Connection) -> Result<i64> {
    let mut statement = connection.prepare_cached(query!("findings/get_last_history"))?;
    Ok(statement.query_row([], |row| row.get("history_id"))?)
}

fn read_entry(row: &Row<'_>) -> rusqlite::Result<HistoryEntry> {
    let id = |column: &str| row.get::<_, Option<i64>>(column);
    let (finding, hunt, device) = (id("finding_id")?, id("hunt_id")?, id("reviewed_device_id")?);
    let subject = match (finding, hunt, device) {
        (Some(finding), ..) => Subject::Finding(FindingId(finding)),
        (_, Some(hunt), Some(device)) => Subject::Review(HuntId(hunt), device),
        (_, Some(hunt), None) => Subject::Hunt(HuntId(hunt)),
        _ => match id("suppression_id")? {
            Some(suppression) => Subject::Suppression(SuppressionId(suppression)),
            None => Subject::Rule(row.get("rule_id")?),
        },
    };
    let (rule, device_name): (String, String) = (row.get("rule_name")?, row.get("device_name")?);
    let what = match subject {
        Subject::Finding(id) => id.to_string(),
        Subject::Hunt(id) => id.to_string(),
        Subject::Suppression(id) => id.to_string(),
        Subject::Review(..) => device_name.clone(),
        Subject::Rule(_) => rule.clone(),
    };
    Ok(HistoryEntry {
        id: row.get("history_id")?,
        operation: row.get("operation_id")?,
        at: Timestamp::from_ticks(row.get("done_at")?),
        by: row.get("done_by")?,
        command: row.get("command")?,
        run_id: row.get("run_id")?,
        subject,
        what,
        rule,
        device_name,
        field: row.get("field")?,
        old: row.get("old")?,
        new: row.get("new")?,
        why: row.get("why")?,
        by_suppression: row.get::<_, Option<i64>>("by_suppression_id")?.map(SuppressionId),
    })
}
