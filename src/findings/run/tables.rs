//! What runs write: evidence, and what became of findings.

use rusqlite::{Connection, named_params};

use crate::error::Result;
use crate::findings::{FindingId, SuppressionId};
use crate::rules::{Severity, Window};
use crate::store::query;

/// A match that is no evidence yet.
#[derive(Debug, Clone, Copy)]
pub struct NewEvidence {
    pub event_id: i64,
    pub time: i64,
    pub device_id: i64,
    /// The newest finding of its rule and device, where there is one.
    pub finding: Option<FindingId>,
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

/// Computes anew what a rule's evidence does, and when its findings begin and end, whose events were filled after the
/// first completion and up to the second.
pub fn update_filled(connection: &Connection, rule_id: i64, (after, until): (i64, i64)) -> Result<()> {
    if after == until {
        return Ok(());
    }
    for query in [query!("findings/update_behaviours"), query!("findings/update_activities")] {
        connection.prepare_cached(query)?.execute(named_params! {
            ":rule_id": rule_id,
            ":after": after,
            ":until": until,
        })?;
    }
    Ok(())
}

/// Matches in a window that are no evidence yet, by device, then by time.
pub fn list_new_evidence(
    connection: &Connection,
    version_id: i64,
    window: Window,
) -> Result<Vec<NewEvidence>> {
    let mut statement = connection.prepare_cached(query!("findings/list_new_evidence"))?;
    let (start, end) = window.ticks();
    let params = named_params! { ":rule_version_id": version_id, ":window_start": start, ":window_end": end };
    let evidence = statement.query_map(params, |row| {
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
    connection.prepare_cached(query!("findings/mark_matches"))?.execute(named_params! {
        ":event_id": event_id,
        ":rule_version_id": place.version_id,
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
