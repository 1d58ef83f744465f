//! The tables of findings, their evidence, notes and history, and of device reviews.

use std::str::FromStr;

use rusqlite::types::Type;
use rusqlite::{Connection, Row, named_params};

use super::device::{DeviceRow, Review, ReviewState};
use super::finding::{CommandLine, Evidence, Finding, FindingId, HistoryEntry, Note};
use crate::error::{Error, Result};
use crate::event::Timestamp;
use crate::rules::{Severity, Window};
use crate::store::{Case, query};

/// A match that is no evidence yet.
#[derive(Debug, Clone, Copy)]
pub struct NewEvidence {
    pub event_id: i64,
    pub time: i64,
    pub device_id: i64,
    /// The finding of its rule and device, where there is one.
    pub finding: Option<FindingId>,
}

/// What a run changed.
#[derive(Debug, Clone, Copy)]
pub struct RunCounts {
    pub duration_ms: i64,
    pub new: i64,
    pub updated: i64,
    pub unchanged: i64,
}

/// Lets a rule's findings cover `window` too.
pub fn widen_window(connection: &Connection, rule_id: i64, window: Window) -> Result<()> {
    connection.prepare_cached(query!("findings/update_rule_window"))?.execute(named_params! {
        ":rule_id": rule_id,
        ":window_start": window.start.ticks(),
        ":window_end": window.end.ticks(),
    })?;
    Ok(())
}

/// Matches in their rule's window that are no evidence yet, by device, then by time.
pub fn list_new_evidence(connection: &Connection, version_id: i64) -> Result<Vec<NewEvidence>> {
    let mut statement = connection.prepare_cached(query!("findings/list_new_evidence"))?;
    let evidence = statement.query_map([version_id], |row| {
        let finding: Option<i64> = row.get("finding_id")?;
        Ok(NewEvidence {
            event_id: row.get("event_id")?,
            time: row.get("time")?,
            device_id: row.get("device_id")?,
            finding: finding.map(FindingId),
        })
    })?;
    Ok(evidence.collect::<rusqlite::Result<_>>()?)
}

/// How many matches of a version lie outside what its rule's findings cover.
pub fn count_outside_window(connection: &Connection, version_id: i64) -> Result<i64> {
    let mut statement = connection.prepare_cached(query!("findings/count_outside_window"))?;
    Ok(statement.query_row([version_id], |row| row.get("matches"))?)
}

/// Raises a finding for the device of its first event; gives its number.
pub fn insert_finding(
    connection: &Connection,
    rule_id: i64,
    first: &NewEvidence,
    severity: Severity,
    at: Timestamp,
) -> Result<FindingId> {
    connection.prepare_cached(query!("findings/insert_finding"))?.execute(named_params! {
        ":rule_id": rule_id,
        ":device_id": first.device_id,
        ":severity": severity.name(),
        ":first_activity": first.time,
        ":created_at": at.ticks(),
    })?;
    Ok(FindingId(connection.last_insert_rowid()))
}

/// Adds an event to a finding.
pub fn insert_evidence(
    connection: &Connection,
    finding: FindingId,
    event_id: i64,
    version_id: i64,
    run_id: i64,
) -> Result<()> {
    connection.prepare_cached(query!("findings/insert_evidence"))?.execute(named_params! {
        ":finding_id": finding.0,
        ":event_id": event_id,
        ":rule_version_id": version_id,
        ":run_id": run_id,
    })?;
    Ok(())
}

/// Adds new evidence, in the order of time, to a finding's numbers.
pub fn add_activity(connection: &Connection, finding: FindingId, evidence: &[NewEvidence]) -> Result<()> {
    connection.prepare_cached(query!("findings/add_finding_activity"))?.execute(named_params! {
        ":finding_id": finding.0,
        ":events": evidence.len() as i64,
        ":first_activity": evidence.first().map(|event| event.time),
        ":last_activity": evidence.last().map(|event| event.time),
    })?;
    Ok(())
}

/// Records what a run changed.
pub fn finish_run(connection: &Connection, run_id: i64, counts: RunCounts) -> Result<()> {
    connection.prepare_cached(query!("findings/finish_run"))?.execute(named_params! {
        ":run_id": run_id,
        ":duration_ms": counts.duration_ms,
        ":findings_new": counts.new,
        ":findings_updated": counts.updated,
        ":findings_unchanged": counts.unchanged,
    })?;
    Ok(())
}

/// Every finding, latest activity first.
///
/// # Errors
/// The case's database.
pub fn list_findings(case: &Case) -> Result<Vec<Finding>> {
    select_findings(case.connection(), None)
}

/// One finding.
///
/// # Errors
/// There is no finding of this number.
pub fn find_finding(case: &Case, id: FindingId) -> Result<Finding> {
    let found = select_findings(case.connection(), Some(id))?.pop();
    found.ok_or_else(|| Error::NotFound { what: "finding", name: id.to_string() })
}

fn select_findings(connection: &Connection, id: Option<FindingId>) -> Result<Vec<Finding>> {
    let mut statement = connection.prepare_cached(query!("findings/list_findings"))?;
    let findings = statement.query_map([id.map(|id| id.0)], read_finding)?;
    Ok(findings.collect::<rusqlite::Result<_>>()?)
}

fn read_finding(row: &Row<'_>) -> rusqlite::Result<Finding> {
    let tags: String = row.get("tags")?;
    Ok(Finding {
        id: FindingId(row.get("finding_id")?),
        rule: row.get("rule_name")?,
        device_id: row.get("device_external_id")?,
        device_name: row.get("device_name")?,
        status: word(row, "status")?,
        classification: word(row, "classification")?,
        determination: word(row, "determination")?,
        severity: word(row, "severity")?,
        assigned_to: row.get("assigned_to")?,
        tags: serde_json::from_str(&tags).unwrap_or_default(),
        events: row.get("events")?,
        first_activity: time(row, "first_activity")?,
        last_activity: time(row, "last_activity")?,
        created_at: time(row, "created_at")?,
        resolved_at: optional_time(row, "resolved_at")?,
        reopen_count: row.get("reopen_count")?,
        notes: row.get("notes")?,
    })
}

fn word<T: FromStr<Err = String>>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    text.parse()
        .map_err(|problem: String| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, problem.into()))
}

fn time(row: &Row<'_>, column: &str) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_ticks)
}

fn optional_time(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column).map(|ticks| ticks.map(Timestamp::from_ticks))
}

/// A finding's evidence, in the order of time.
///
/// # Errors
/// The case's database.
pub fn list_evidence(case: &Case, id: FindingId) -> Result<Vec<Evidence>> {
    let mut statement = case.connection().prepare(query!("findings/list_evidence"))?;
    let evidence = statement.query_map([id.0], |row| {
        let reason: String = row.get("reason")?;
        Ok(Evidence {
            event_id: row.get("event_id")?,
            time: time(row, "time")?,
            report_id: row.get("report_id")?,
            device_name: row.get("device_name")?,
            file_name: row.get("file_name")?,
            folder_path: row.get("folder_path")?,
            sha1: row.get("sha1")?,
            sha256: row.get("sha256")?,
            process_id: row.get("process_id")?,
            command_line: row.get("command_line")?,
            account_domain: row.get("account_domain")?,
            account_name: row.get("account_name")?,
            initiating_file_name: row.get("initiating_file_name")?,
            initiating_process_id: row.get("initiating_process_id")?,
            initiating_command_line: row.get("initiating_command_line")?,
            parent_file_name: row.get("parent_file_name")?,
            parent_process_id: row.get("parent_process_id")?,
            reason: serde_json::from_str(&reason).unwrap_or_default(),
            rule_sha256: row.get("rule_sha256")?,
            run_id: row.get("run_id")?,
            import_id: row.get("import_id")?,
            import_file_name: row.get("import_file_name")?,
            line: row.get("line")?,
        })
    })?;
    Ok(evidence.collect::<rusqlite::Result<_>>()?)
}

/// A finding's distinct command lines, in the order of their texts.
///
/// # Errors
/// The case's database.
pub fn list_command_lines(case: &Case, id: FindingId) -> Result<Vec<CommandLine>> {
    let mut statement = case.connection().prepare(query!("findings/list_command_lines"))?;
    let lines = statement.query_map([id.0], |row| {
        Ok(CommandLine { text: row.get("command_line")?, events: row.get("events")? })
    })?;
    Ok(lines.collect::<rusqlite::Result<_>>()?)
}

/// A finding's notes, in the order in which they were written.
///
/// # Errors
/// The case's database.
pub fn list_notes(case: &Case, id: FindingId) -> Result<Vec<Note>> {
    let mut statement = case.connection().prepare(query!("findings/list_notes"))?;
    let notes = statement.query_map([id.0], |row| {
        Ok(Note { at: time(row, "noted_at")?, by: row.get("noted_by")?, text: row.get("text")? })
    })?;
    Ok(notes.collect::<rusqlite::Result<_>>()?)
}

/// A finding's changes, in the order in which they were made.
///
/// # Errors
/// The case's database.
pub fn list_history(case: &Case, id: FindingId) -> Result<Vec<HistoryEntry>> {
    let mut statement = case.connection().prepare(query!("findings/list_history"))?;
    let entries = statement.query_map([id.0], |row| {
        Ok(HistoryEntry {
            at: time(row, "changed_at")?,
            by: row.get("changed_by")?,
            field: row.get("field")?,
            old: row.get("old")?,
            new: row.get("new")?,
            why: row.get("why")?,
        })
    })?;
    Ok(entries.collect::<rusqlite::Result<_>>()?)
}

/// Adds a note to a finding.
pub fn insert_note(connection: &Connection, id: FindingId, note: &Note) -> Result<()> {
    connection.prepare_cached(query!("findings/insert_note"))?.execute(named_params! {
        ":finding_id": id.0,
        ":noted_at": note.at.ticks(),
        ":noted_by": note.by,
        ":text": note.text,
    })?;
    Ok(())
}

/// Writes what an analyst decides about a finding.
pub fn update_finding(connection: &Connection, finding: &Finding) -> Result<()> {
    connection.prepare_cached(query!("findings/update_finding"))?.execute(named_params! {
        ":finding_id": finding.id.0,
        ":status": finding.status.name(),
        ":classification": finding.classification.name(),
        ":determination": finding.determination.name(),
        ":severity": finding.severity.name(),
        ":assigned_to": finding.assigned_to,
        ":resolved_at": finding.resolved_at.map(Timestamp::ticks),
    })?;
    Ok(())
}

/// Records one change of a finding.
pub fn insert_history(connection: &Connection, id: FindingId, entry: &HistoryEntry) -> Result<()> {
    connection.prepare_cached(query!("findings/insert_history"))?.execute(named_params! {
        ":finding_id": id.0,
        ":changed_at": entry.at.ticks(),
        ":changed_by": entry.by,
        ":field": entry.field,
        ":old": entry.old,
        ":new": entry.new,
        ":why": entry.why,
    })?;
    Ok(())
}

/// Every device with events, in the order of names.
///
/// # Errors
/// The case's database.
pub fn list_devices(case: &Case) -> Result<Vec<DeviceRow>> {
    let mut statement = case.connection().prepare(query!("findings/list_devices"))?;
    let devices = statement.query_map([], |row| {
        let state: Option<String> = row.get("state")?;
        let reviewed = state.map(|_| {
            Ok::<_, rusqlite::Error>(Review {
                state: word(row, "state")?,
                by: row.get("reviewed_by")?,
                at: time(row, "reviewed_at")?,
                comment: row.get("comment")?,
            })
        });
        Ok(DeviceRow {
            key: row.get("device_id")?,
            id: row.get("external_id")?,
            name: row.get("name")?,
            events: row.get("events")?,
            first_event: time(row, "first_event")?,
            last_event: time(row, "last_event")?,
            findings: row.get("findings")?,
            open_findings: row.get("open_findings")?,
            review: reviewed.transpose()?,
        })
    })?;
    Ok(devices.collect::<rusqlite::Result<_>>()?)
}

/// Records that a device was looked at.
pub fn upsert_device_review(connection: &Connection, device: i64, review: &Review) -> Result<()> {
    let ReviewState::NotReviewed = review.state else {
        connection.prepare_cached(query!("findings/upsert_device_review"))?.execute(named_params! {
            ":device_id": device,
            ":state": review.state.name(),
            ":reviewed_at": review.at.ticks(),
            ":reviewed_by": review.by,
            ":comment": review.comment,
        })?;
        return Ok(());
    };
    connection.prepare_cached(query!("findings/delete_device_review"))?.execute([device])?;
    Ok(())
}
