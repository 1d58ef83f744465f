//! The tables of findings, their evidence, tags and notes.

use std::str::FromStr;

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, RowIndex, Statement, ToSql, named_params};

use super::finding::{CommandLine, Evidence, Finding, FormerVerdict, Note, Unseen, Why};
use super::history::Subject;
use super::seen::seen_mark;
use super::{FindingId, HuntId, SuppressionId};
use crate::error::{Error, Result};
use crate::event::Timestamp;
use crate::store::{Case, query};

/// What of an event decides whether it is more of the same, and whether a suppression covers it.
#[derive(Debug, Clone)]
pub struct Traits {
    pub command_line: String,
    pub account_domain: String,
    pub account_name: String,
    pub behaviour: Vec<u8>,
}

/// What decides about a new event.
pub fn get_traits(connection: &Connection, event_id: i64) -> Result<Traits> {
    let mut statement = connection.prepare_cached(query!("findings/get_event_traits"))?;
    Ok(statement.query_row([event_id], |row| {
        Ok(Traits {
            command_line: row.get("command_line")?,
            account_domain: row.get("account_domain")?,
            account_name: row.get("account_name")?,
            behaviour: row.get("behaviour")?,
        })
    })?)
}

/// Counts a finding's evidence anew.
pub fn recount_finding(connection: &Connection, finding: FindingId) -> Result<()> {
    connection.prepare_cached(query!("findings/recount_finding"))?.execute([finding.0])?;
    Ok(())
}

/// Every finding, latest activity first, with what `analyst` has not seen of it. One that shows no evidence, since
/// suppressions hide all of it, is left out.
///
/// # Errors
/// The case's database.
pub fn list_findings(case: &Case, analyst: &str) -> Result<Vec<Finding>> {
    select_findings(case.connection(), analyst, None, false)
}

/// Every finding of which suppressions hide some evidence, or all.
///
/// # Errors
/// The case's database.
pub fn list_hidden_findings(case: &Case, analyst: &str) -> Result<Vec<Finding>> {
    let mut findings = select_findings(case.connection(), analyst, None, true)?;
    findings.retain(|finding| finding.hidden_events > 0);
    Ok(findings)
}

/// One finding, with what `analyst` has not seen of it.
///
/// # Errors
/// There is no finding of this number.
pub fn find_finding(case: &Case, id: FindingId, analyst: &str) -> Result<Finding> {
    get_finding(case.connection(), id, analyst)
}

/// One finding.
pub fn get_finding(connection: &Connection, id: FindingId, analyst: &str) -> Result<Finding> {
    match select_findings(connection, analyst, Some(id), true)?.pop() {
        Some(finding) => Ok(finding),
        None => Err(unknown_finding(connection, id)?),
    }
}

fn unknown_finding(connection: &Connection, id: FindingId) -> Result<Error> {
    let mut statement = connection.prepare_cached(query!("findings/get_last_finding"))?;
    let last: i64 = statement.query_row([], |row| row.get("finding_id"))?;
    let known = match last {
        0 => "none, since there is none yet".to_owned(),
        1 => "F-1".to_owned(),
        _ => format!("F-1 to F-{last}"),
    };
    Ok(Error::Unknown { what: "finding", name: id.to_string(), known })
}

/// Where columns stand in a statement. They are looked up once: by name for each row, they would take a third of the time
/// in which thousands are read.
macro_rules! columns {
    ($name:ident: $($column:ident),+ $(,)?) => {
        struct $name {
            $($column: usize),+
        }

        impl $name {
            fn of(statement: &Statement<'_>) -> rusqlite::Result<Self> {
                Ok(Self { $($column: statement.column_index(stringify!($column))?),+ })
            }
        }
    };
}

columns! {
    FindingColumns: finding_id, rule_id, rule_name, hunt_id, device_id, device_external_id, device_name, status, classification, determination, verdict_until, severity, assigned_to, tags, events, hidden_events, recovered_events, first_activity, last_activity, created_at, resolved_at, resolved_events, reopen_count, notes, predecessor_id, successor_id, is_new, unseen_events, unseen_changes,
}

columns! {
    EvidenceColumns: reason, is_ahead, event_id, time, report_id, device_name, file_name, folder_path, sha1, sha256, process_id, command_line, account_domain, account_name, initiating_file_name, initiating_process_id, initiating_command_line, parent_file_name, parent_process_id, rule_sha256, run_id, import_id, import_file_name, line, recovered_after, is_recovered, hidden_by, is_unseen,
}

fn select_findings(
    connection: &Connection,
    analyst: &str,
    id: Option<FindingId>,
    with_hidden: bool,
) -> Result<Vec<Finding>> {
    let mut statement = connection.prepare_cached(query!("findings/list_findings"))?;
    // A span of numbers, so that one finding is found without reading all.
    let (first, last) = id.map_or((0, i64::MAX), |id| (id.0, id.0));
    let params = named_params! {
        ":analyst": analyst,
        ":first_id": first,
        ":last_id": last,
        ":with_hidden": with_hidden,
    };
    let at = FindingColumns::of(&statement)?;
    let findings = statement.query_map(params, |row| read_finding(row, &at))?;
    let mut findings = findings.collect::<rusqlite::Result<Vec<_>>>()?;
    for finding in &mut findings {
        finding.former = former_verdict(connection, finding)?;
    }
    Ok(findings)
}

fn read_finding(row: &Row<'_>, at: &FindingColumns) -> rusqlite::Result<Finding> {
    let tags: String = row.get(at.tags)?;
    let id = |column: usize| row.get::<_, Option<i64>>(column);
    Ok(Finding {
        id: FindingId(row.get(at.finding_id)?),
        rule_key: row.get(at.rule_id)?,
        rule: row.get(at.rule_name)?,
        hunt: id(at.hunt_id)?.map(HuntId),
        device_key: row.get(at.device_id)?,
        device_id: row.get(at.device_external_id)?,
        device_name: row.get(at.device_name)?,
        status: word(row, at.status)?,
        classification: word(row, at.classification)?,
        determination: word(row, at.determination)?,
        verdict_until: optional_time(row, at.verdict_until)?,
        severity: word(row, at.severity)?,
        assigned_to: row.get(at.assigned_to)?,
        tags: serde_json::from_str(&tags).unwrap_or_default(),
        events: row.get(at.events)?,
        hidden_events: row.get(at.hidden_events)?,
        recovered_events: row.get(at.recovered_events)?,
        first_activity: time(row, at.first_activity)?,
        last_activity: time(row, at.last_activity)?,
        created_at: optional_time(row, at.created_at)?,
        resolved_at: optional_time(row, at.resolved_at)?,
        resolved_events: row.get(at.resolved_events)?,
        reopen_count: row.get(at.reopen_count)?,
        notes: row.get(at.notes)?,
        predecessor: id(at.predecessor_id)?.map(FindingId),
        successor: id(at.successor_id)?.map(FindingId),
        former: None,
        unseen: Unseen {
            is_new: row.get(at.is_new)?,
            events: row.get(at.unseen_events)?,
            changes: row.get(at.unseen_changes)?,
        },
    })
}

/// What a finding, or the one that it follows, was resolved as before new evidence came.
fn former_verdict(connection: &Connection, finding: &Finding) -> Result<Option<FormerVerdict>> {
    if finding.reopen_count > 0
        && let Some(own) = read_verdict(
            connection,
            query!("findings/get_former_verdict"),
            named_params! { ":finding_id": finding.id.0 },
        )?
    {
        return Ok(Some(own));
    }
    match finding.predecessor {
        Some(predecessor) => read_verdict(
            connection,
            query!("findings/get_verdict"),
            named_params! { ":finding_id": predecessor.0, ":successor_id": finding.id.0 },
        ),
        None => Ok(None),
    }
}

fn read_verdict(
    connection: &Connection,
    sql: &str,
    params: &[(&str, &dyn ToSql)],
) -> Result<Option<FormerVerdict>> {
    let mut statement = connection.prepare_cached(sql)?;
    let verdict = statement.query_row(params, |row| {
        Ok(FormerVerdict {
            classification: word(row, "classification")?,
            determination: word(row, "determination")?,
            by: row.get("done_by")?,
            at: time(row, "done_at")?,
            why: row.get("why")?,
        })
    });
    Ok(verdict.optional()?)
}

/// A word of a closed set.
pub fn word<T: FromStr<Err = String>>(row: &Row<'_>, column: impl RowIndex) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    text.parse()
        .map_err(|problem: String| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, problem.into()))
}

/// An instant.
pub fn time(row: &Row<'_>, column: impl RowIndex) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_ticks)
}

/// An instant, or none.
pub fn optional_time(row: &Row<'_>, column: impl RowIndex) -> rusqlite::Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column).map(|ticks| ticks.map(Timestamp::from_ticks))
}

/// A finding's evidence, in the order of time, what suppressions hide included, and whether `analyst` has seen it.
///
/// # Errors
/// The case's database.
pub fn list_evidence(case: &Case, id: FindingId, analyst: &str) -> Result<Vec<Evidence>> {
    let connection = case.connection();
    let seen_run_id = seen_mark(connection, id, analyst)?.run_id;
    let mut statement = connection.prepare_cached(query!("findings/list_evidence"))?;
    let params = named_params! {
        ":finding_id": id.0,
        ":seen_run_id": seen_run_id,
        ":with_hidden": true,
        ":event_ids": None::<String>,
    };
    let at = EvidenceColumns::of(&statement)?;
    let evidence = statement.query_map(params, |row| read_evidence(row, &at))?;
    Ok(evidence.collect::<rusqlite::Result<_>>()?)
}

/// Hands on the evidence that a finding shows, in the order of time: all, or the events of these numbers. Nobody is
/// asked whether they have seen it.
pub fn each_shown_evidence(
    connection: &Connection,
    id: FindingId,
    only: Option<&[i64]>,
    each: &mut dyn FnMut(Evidence) -> Result<()>,
) -> Result<()> {
    let mut statement = connection.prepare_cached(query!("findings/list_evidence"))?;
    let at = EvidenceColumns::of(&statement)?;
    let mut rows = statement.query(named_params! {
        ":finding_id": id.0,
        ":seen_run_id": i64::MAX,
        ":with_hidden": false,
        ":event_ids": only.map(|ids| serde_json::Value::from(ids).to_string()),
    })?;
    while let Some(row) = rows.next()? {
        each(read_evidence(row, &at)?)?;
    }
    Ok(())
}

fn read_evidence(row: &Row<'_>, at: &EvidenceColumns) -> rusqlite::Result<Evidence> {
    let reason = row.get_ref(at.reason)?.as_str().map_err(rusqlite::Error::from)?;
    Ok(Evidence {
        event_id: row.get(at.event_id)?,
        time: row.get(at.time).map(Timestamp::from_ticks)?,
        report_id: row.get(at.report_id)?,
        device_name: row.get(at.device_name)?,
        file_name: row.get(at.file_name)?,
        folder_path: row.get(at.folder_path)?,
        sha1: row.get(at.sha1)?,
        sha256: row.get(at.sha256)?,
        process_id: row.get(at.process_id)?,
        command_line: row.get(at.command_line)?,
        account_domain: row.get(at.account_domain)?,
        account_name: row.get(at.account_name)?,
        initiating_file_name: row.get(at.initiating_file_name)?,
        initiating_process_id: row.get(at.initiating_process_id)?,
        initiating_command_line: row.get(at.initiating_command_line)?,
        parent_file_name: row.get(at.parent_file_name)?,
        parent_process_id: row.get(at.parent_process_id)?,
        why: Why::from_match(reason),
        is_ahead: row.get(at.is_ahead)?,
        rule_sha256: row.get(at.rule_sha256)?,
        run_id: row.get(at.run_id)?,
        import_id: row.get(at.import_id)?,
        import_file_name: row.get(at.import_file_name)?,
        line: row.get(at.line)?,
        recovered_after: row.get(at.recovered_after)?,
        is_recovered: row.get(at.is_recovered)?,
        hidden_by: row.get::<_, Option<i64>>(at.hidden_by)?.map(SuppressionId),
        is_unseen: row.get(at.is_unseen)?,
    })
}

/// A finding's distinct command lines, in the order of their texts.
///
/// # Errors
/// The case's database.
pub fn list_command_lines(case: &Case, id: FindingId) -> Result<Vec<CommandLine>> {
    let mut statement = case.connection().prepare_cached(query!("findings/list_command_lines"))?;
    let lines = statement.query_map([id.0], |row| {
        Ok(CommandLine { text: row.get("command_line")?, events: row.get("events")? })
    })?;
    Ok(lines.collect::<rusqlite::Result<_>>()?)
}

/// Whether a run brought evidence that shows after an operation.
pub fn has_evidence_since(connection: &Connection, id: FindingId, operation: i64) -> Result<bool> {
    let mut statement = connection.prepare_cached(query!("findings/has_evidence_since"))?;
    let params = named_params! { ":finding_id": id.0, ":operation_id": operation };
    Ok(statement.query_row(params, |row| row.get("has_evidence"))?)
}

/// What a finding shows: its distinct command lines with their accounts. Their behaviours are left empty.
pub fn list_traits(connection: &Connection, id: FindingId) -> Result<Vec<Traits>> {
    let mut statement = connection.prepare_cached(query!("findings/list_traits"))?;
    let traits = statement.query_map([id.0], |row| {
        Ok(Traits {
            command_line: row.get("command_line")?,
            account_domain: row.get("account_domain")?,
            account_name: row.get("account_name")?,
            behaviour: Vec::new(),
        })
    })?;
    Ok(traits.collect::<rusqlite::Result<_>>()?)
}

/// How many events suppressions hide in a hunt, or in all.
pub fn count_hidden_events(connection: &Connection, hunt: Option<HuntId>) -> Result<i64> {
    let mut statement = connection.prepare_cached(query!("findings/count_hidden_events"))?;
    Ok(statement.query_row([hunt.map(|id| id.0)], |row| row.get("events"))?)
}

/// The notes of a finding, or the comments of a hunt, in the order in which they were written.
///
/// # Errors
/// The case's database.
pub fn list_notes(case: &Case, subject: Subject) -> Result<Vec<Note>> {
    let mut statement = case.connection().prepare_cached(query!("findings/list_notes"))?;
    let (finding, hunt) = note_columns(subject);
    let notes = statement.query_map(named_params! { ":finding_id": finding, ":hunt_id": hunt }, |row| {
        Ok(Note { at: time(row, "done_at")?, by: row.get("done_by")?, text: row.get("text")? })
    })?;
    Ok(notes.collect::<rusqlite::Result<_>>()?)
}

/// Adds an operation's note to a finding or a hunt, or takes it back.
pub fn write_note_row(
    connection: &Connection,
    operation: i64,
    subject: Subject,
    text: &str,
    is_there: bool,
) -> Result<()> {
    let sql = if is_there { query!("findings/insert_note") } else { query!("findings/delete_note") };
    let (finding, hunt) = note_columns(subject);
    connection.prepare_cached(sql)?.execute(named_params! {
        ":operation_id": operation,
        ":finding_id": finding,
        ":hunt_id": hunt,
        ":text": text,
    })?;
    Ok(())
}

fn note_columns(subject: Subject) -> (Option<i64>, Option<i64>) {
    match subject {
        Subject::Finding(id) => (Some(id.0), None),
        Subject::Hunt(id) => (None, Some(id.0)),
        Subject::Review(..) | Subject::Rule(_) | Subject::Suppression(_) => (None, None),
    }
}

/// Tags a finding, or takes the tag off.
pub fn write_tag(connection: &Connection, finding: FindingId, tag: &str, is_there: bool) -> Result<()> {
    let sql = if is_there { query!("findings/insert_tag") } else { query!("findings/delete_tag") };
    connection.prepare_cached(sql)?.execute(named_params! { ":finding_id": finding.0, ":tag": tag })?;
    Ok(())
}

/// Writes what is decided about a finding.
pub fn update_finding(connection: &Connection, finding: &Finding) -> Result<()> {
    connection.prepare_cached(query!("findings/update_finding"))?.execute(named_params! {
        ":finding_id": finding.id.0,
        ":created_at": finding.created_at.map(Timestamp::ticks),
        ":status": finding.status.name(),
        ":classification": finding.classification.name(),
        ":determination": finding.determination.name(),
        ":verdict_until": finding.verdict_until.map(Timestamp::ticks),
        ":severity": finding.severity.name(),
        ":assigned_to": finding.assigned_to,
        ":resolved_at": finding.resolved_at.map(Timestamp::ticks),
        ":resolved_events": finding.resolved_events,
        ":reopen_count": finding.reopen_count,
    })?;
    Ok(())
}
