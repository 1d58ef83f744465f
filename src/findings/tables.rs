//! The tables of findings, their evidence, tags and notes, and of what analysts have seen of them.

use std::collections::BTreeSet;
use std::str::FromStr;

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::finding::{CommandLine, Evidence, Finding, FormerVerdict, Note, Unseen};
use super::history::{Subject, newest_change};
use super::{FindingId, HuntId, SuppressionId};
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
    /// The newest finding of its rule and device, where there is one.
    pub finding: Option<FindingId>,
}

/// What of an event decides whether it is more of the same, and whether a suppression covers it.
#[derive(Debug, Clone)]
pub struct Traits {
    pub command_line: String,
    pub account_domain: String,
    pub account_name: String,
    pub behaviour: Vec<u8>,
}

/// What a run changed.
#[derive(Debug, Clone, Copy, Default)]
pub struct RunCounts {
    pub duration_ms: i64,
    pub new: i64,
    pub updated: i64,
    pub repeated: i64,
    pub reopened: i64,
    pub unchanged: i64,
    pub absent: i64,
    pub events_hidden: i64,
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

/// Computes anew what a rule's evidence does whose events were filled after the first completion and up to the second.
pub fn update_behaviours(connection: &Connection, rule_id: i64, (after, until): (i64, i64)) -> Result<()> {
    connection.prepare_cached(query!("findings/update_behaviours"))?.execute(named_params! {
        ":rule_id": rule_id,
        ":after": after,
        ":until": until,
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

/// Whether a finding shows evidence of a behaviour.
pub fn has_behaviour(connection: &Connection, finding: FindingId, behaviour: &[u8]) -> Result<bool> {
    let mut statement = connection.prepare_cached(query!("findings/has_behaviour"))?;
    let params = named_params! { ":finding_id": finding.0, ":behaviour": behaviour };
    Ok(statement.query_row(params, |row| row.get("has_behaviour"))?)
}

/// Whether a finding has evidence that a suppression does not cover.
pub fn has_other_evidence(
    connection: &Connection,
    finding: FindingId,
    suppression: SuppressionId,
) -> Result<bool> {
    let mut statement = connection.prepare_cached(query!("findings/has_other_evidence"))?;
    let params = named_params! { ":finding_id": finding.0, ":suppression_id": suppression.0 };
    Ok(statement.query_row(params, |row| row.get("has_other"))?)
}

/// Makes a finding of a rule and device, which is not raised and has no evidence; gives its number.
pub fn insert_finding(
    connection: &Connection,
    rule_id: i64,
    first: &NewEvidence,
    severity: Severity,
) -> Result<FindingId> {
    connection.prepare_cached(query!("findings/insert_finding"))?.execute(named_params! {
        ":rule_id": rule_id,
        ":device_id": first.device_id,
        ":severity": severity.name(),
        ":first_activity": first.time,
    })?;
    Ok(FindingId(connection.last_insert_rowid()))
}

/// Where an event becomes evidence.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub finding: FindingId,
    pub version_id: i64,
    pub run_id: i64,
}

/// Adds an event to a finding, with the suppression that covers it and whether that hides it.
pub fn insert_evidence(
    connection: &Connection,
    place: Place,
    event_id: i64,
    behaviour: &[u8],
    (suppression, is_hidden): (Option<SuppressionId>, bool),
) -> Result<()> {
    connection.prepare_cached(query!("findings/insert_evidence"))?.execute(named_params! {
        ":finding_id": place.finding.0,
        ":event_id": event_id,
        ":rule_version_id": place.version_id,
        ":run_id": place.run_id,
        ":behaviour": behaviour,
        ":suppression_id": suppression.map(|id| id.0),
        ":is_hidden": is_hidden,
    })?;
    Ok(())
}

/// Adds `events` of new evidence, the first and last at these times, to a finding's numbers.
pub fn add_activity(
    connection: &Connection,
    place: Place,
    events: i64,
    (first, last): (i64, i64),
) -> Result<()> {
    connection.prepare_cached(query!("findings/add_finding_activity"))?.execute(named_params! {
        ":finding_id": place.finding.0,
        ":run_id": place.run_id,
        ":events": events,
        ":first_activity": first,
        ":last_activity": last,
    })?;
    Ok(())
}

/// Adds `events` of new hidden evidence, the first and last at these times, to a finding's numbers.
pub fn add_hidden(
    connection: &Connection,
    finding: FindingId,
    events: i64,
    (first, last): (i64, i64),
) -> Result<()> {
    connection.prepare_cached(query!("findings/add_hidden_events"))?.execute(named_params! {
        ":finding_id": finding.0,
        ":events": events,
        ":first_activity": first,
        ":last_activity": last,
    })?;
    Ok(())
}

/// Counts a finding's evidence anew.
pub fn recount_finding(connection: &Connection, finding: FindingId) -> Result<()> {
    connection.prepare_cached(query!("findings/recount_finding"))?.execute([finding.0])?;
    Ok(())
}

/// Open findings of a rule of whose evidence a version of it no longer matches any.
pub fn list_absent(connection: &Connection, rule_id: i64, version_id: i64) -> Result<Vec<FindingId>> {
    let mut statement = connection.prepare_cached(query!("findings/list_absent_findings"))?;
    let params = named_params! { ":rule_id": rule_id, ":rule_version_id": version_id };
    let ids = statement.query_map(params, |row| row.get("finding_id").map(FindingId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Records what a run changed.
pub fn finish_run(connection: &Connection, run_id: i64, counts: RunCounts) -> Result<()> {
    connection.prepare_cached(query!("findings/finish_run"))?.execute(named_params! {
        ":run_id": run_id,
        ":duration_ms": counts.duration_ms,
        ":findings_new": counts.new,
        ":findings_updated": counts.updated,
        ":findings_repeated": counts.repeated,
        ":findings_reopened": counts.reopened,
        ":findings_unchanged": counts.unchanged,
        ":findings_absent": counts.absent,
        ":events_hidden": counts.events_hidden,
    })?;
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

/// Every finding of which nothing shows, since suppressions hide all of it.
///
/// # Errors
/// The case's database.
pub fn list_hidden_findings(case: &Case, analyst: &str) -> Result<Vec<Finding>> {
    let mut findings = select_findings(case.connection(), analyst, None, true)?;
    findings.retain(|finding| finding.events == 0);
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
    let findings = statement.query_map(params, read_finding)?;
    let mut findings = findings.collect::<rusqlite::Result<Vec<_>>>()?;
    for finding in &mut findings {
        finding.former = former_verdict(connection, finding)?;
    }
    Ok(findings)
}

fn read_finding(row: &Row<'_>) -> rusqlite::Result<Finding> {
    let tags: String = row.get("tags")?;
    let id = |column: &str| row.get::<_, Option<i64>>(column);
    Ok(Finding {
        id: FindingId(row.get("finding_id")?),
        rule_key: row.get("rule_id")?,
        rule: row.get("rule_name")?,
        hunt: id("hunt_id")?.map(HuntId),
        device_key: row.get("device_id")?,
        device_id: row.get("device_external_id")?,
        device_name: row.get("device_name")?,
        status: word(row, "status")?,
        classification: word(row, "classification")?,
        determination: word(row, "determination")?,
        verdict_until: optional_time(row, "verdict_until")?,
        severity: word(row, "severity")?,
        assigned_to: row.get("assigned_to")?,
        tags: serde_json::from_str(&tags).unwrap_or_default(),
        events: row.get("events")?,
        hidden_events: row.get("hidden_events")?,
        first_activity: time(row, "first_activity")?,
        last_activity: time(row, "last_activity")?,
        created_at: optional_time(row, "created_at")?,
        resolved_at: optional_time(row, "resolved_at")?,
        resolved_events: row.get("resolved_events")?,
        reopen_count: row.get("reopen_count")?,
        notes: row.get("notes")?,
        predecessor: id("predecessor_id")?.map(FindingId),
        successor: id("successor_id")?.map(FindingId),
        former: None,
        unseen: Unseen {
            is_new: row.get("is_new")?,
            events: row.get("unseen_events")?,
            changes: row.get("unseen_changes")?,
        },
    })
}

/// What a finding, or the one that it follows, was resolved as before new evidence came.
fn former_verdict(connection: &Connection, finding: &Finding) -> Result<Option<FormerVerdict>> {
    let (sql, id) = match (finding.reopen_count, finding.predecessor) {
        (1.., _) => (query!("findings/get_former_verdict"), finding.id),
        (_, Some(predecessor)) => (query!("findings/get_verdict"), predecessor),
        _ => return Ok(None),
    };
    let mut statement = connection.prepare_cached(sql)?;
    let verdict = statement.query_row([id.0], |row| {
        Ok(FormerVerdict {
            classification: word(row, "classification")?,
            determination: word(row, "determination")?,
            by: row.get("done_by")?,
            at: time(row, "done_at")?,
        })
    });
    Ok(verdict.optional()?)
}

/// A word of a closed set.
pub fn word<T: FromStr<Err = String>>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    text.parse()
        .map_err(|problem: String| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, problem.into()))
}

/// An instant.
pub fn time(row: &Row<'_>, column: &str) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_ticks)
}

/// An instant, or none.
pub fn optional_time(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column).map(|ticks| ticks.map(Timestamp::from_ticks))
}

/// A finding's evidence, in the order of time, what suppressions hide included, and whether `analyst` has seen it.
///
/// # Errors
/// The case's database.
pub fn list_evidence(case: &Case, id: FindingId, analyst: &str) -> Result<Vec<Evidence>> {
    let connection = case.connection();
    let seen_run_id = seen_mark(connection, id, analyst)?.run_id;
    let mut statement = connection.prepare(query!("findings/list_evidence"))?;
    let params = named_params! { ":finding_id": id.0, ":seen_run_id": seen_run_id };
    let evidence = statement.query_map(params, |row| {
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
            hidden_by: row.get::<_, Option<i64>>("hidden_by")?.map(SuppressionId),
            is_unseen: row.get("is_unseen")?,
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

/// How many events suppressions hide in a hunt.
pub fn count_hidden_events(connection: &Connection, hunt: HuntId) -> Result<i64> {
    let mut statement = connection.prepare_cached(query!("findings/count_hidden_events"))?;
    Ok(statement.query_row([hunt.0], |row| row.get("events"))?)
}

/// The notes of a finding, or the comments of a hunt, in the order in which they were written.
///
/// # Errors
/// The case's database.
pub fn list_notes(case: &Case, subject: Subject) -> Result<Vec<Note>> {
    let mut statement = case.connection().prepare(query!("findings/list_notes"))?;
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

/// How far an analyst has looked at a finding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SeenMark {
    /// Evidence of runs up to this one.
    pub run_id: i64,
    /// Changes up to this one.
    pub history_id: i64,
}

/// How far an analyst has looked at a finding; the default for not at all.
pub fn seen_mark(connection: &Connection, finding: FindingId, analyst: &str) -> Result<SeenMark> {
    let mut statement = connection.prepare_cached(query!("findings/get_seen"))?;
    let mark = statement.query_row(named_params! { ":analyst": analyst, ":finding_id": finding.0 }, |row| {
        Ok(SeenMark { run_id: row.get("run_id")?, history_id: row.get("history_id")? })
    });
    Ok(mark.optional()?.unwrap_or_default())
}

/// The mark of one who has seen all there is now.
pub fn present_mark(connection: &Connection) -> Result<SeenMark> {
    let mut statement = connection.prepare_cached(query!("findings/get_last_run"))?;
    let run_id = statement.query_row([], |row| row.get("run_id"))?;
    Ok(SeenMark { run_id, history_id: newest_change(connection)? })
}

/// The findings that changed at an instant or later.
pub fn list_changed_since(connection: &Connection, since: Timestamp) -> Result<BTreeSet<FindingId>> {
    let mut statement = connection.prepare_cached(query!("findings/list_changed_findings"))?;
    let ids = statement.query_map([since.ticks()], |row| row.get("finding_id").map(FindingId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Moves an analyst's mark of a finding forward.
pub fn move_mark(
    connection: &Connection,
    finding: FindingId,
    mark: SeenMark,
    (analyst, at): (&str, Timestamp),
) -> Result<()> {
    connection.prepare_cached(query!("findings/upsert_seen"))?.execute(named_params! {
        ":analyst": analyst,
        ":finding_id": finding.0,
        ":run_id": mark.run_id,
        ":history_id": mark.history_id,
        ":seen_at": at.ticks(),
    })?;
    Ok(())
}
