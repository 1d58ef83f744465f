//! Reading what reports tell, and the table of reports.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::rule::{RuleOfCase, RuleVersion};
use super::{Made, News};
use crate::error::Result;
use crate::event::Timestamp;
use crate::findings::tables::time;
use crate::findings::{FindingId, HuntId};
use crate::rules::{Window, read_head};
use crate::store::query;

/// How far a report could tell, and which report that was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Evidence that runs up to this one brought; 0 for none.
    pub run_id: i64,
    /// Changes up to this one; 0 for none.
    pub history_id: i64,
    /// When the report was made, or the instant that was asked for.
    pub at: Timestamp,
}

/// The processes that led to events: file names, `""` where the export does not name one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are what their names say")]
pub struct Chain {
    pub grandparent: String,
    pub parent: String,
    pub child: String,
    /// How many events have it.
    pub events: i64,
    /// How many chains the finding has in all.
    pub chains: i64,
}

/// When an event happened that a finding shows, and why it matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace<'a> {
    /// The finding.
    pub finding: FindingId,
    /// When.
    pub time: Timestamp,
    /// Why, as the match keeps it: [`Why::from_match`](crate::findings::Why::from_match) reads it.
    pub reason: &'a str,
}

/// What a report can tell now.
pub fn present(connection: &Connection) -> Result<Mark> {
    mark_at(connection, Timestamp::from_ticks(i64::MAX))
}

/// What a report could tell just before an instant.
pub fn mark_at(connection: &Connection, at: Timestamp) -> Result<Mark> {
    let mut statement = connection.prepare_cached(query!("findings/get_mark_at"))?;
    Ok(statement.query_row([at.ticks()], |row| {
        Ok(Mark { run_id: row.get("run_id")?, history_id: row.get("history_id")?, at })
    })?)
}

/// The newest report of a hunt, or of every hunt, that could tell less than `present`.
pub fn last_report(connection: &Connection, hunt: Option<HuntId>, present: &Mark) -> Result<Option<Mark>> {
    let mut statement = connection.prepare_cached(query!("findings/get_last_report"))?;
    let params = named_params! {
        ":hunt_id": hunt.map(|id| id.0),
        ":run_id": present.run_id,
        ":history_id": present.history_id,
    };
    let mark = statement.query_row(params, |row| {
        Ok(Mark { run_id: row.get("run_id")?, history_id: row.get("history_id")?, at: time(row, "made_at")? })
    });
    Ok(mark.optional()?)
}

/// Notes a report, unless one that tells the same is there.
pub fn insert_report(connection: &Connection, made: &Made, by: &str, at: Timestamp) -> Result<()> {
    connection.prepare_cached(query!("findings/insert_report"))?.execute(named_params! {
        ":hunt_id": made.hunt.map(|id| id.0),
        ":made_at": at.ticks(),
        ":made_by": by,
        ":run_id": made.present.run_id,
        ":history_id": made.present.history_id,
    })?;
    Ok(())
}

/// What is new of findings, where something is.
pub fn list_news(connection: &Connection, since: &Mark) -> Result<BTreeMap<FindingId, News>> {
    let mut statement = connection.prepare_cached(query!("findings/list_news"))?;
    let params = named_params! { ":run_id": since.run_id, ":history_id": since.history_id };
    let news = statement.query_map(params, |row| {
        let news =
            News { is_new: row.get("is_new")?, events: row.get("events")?, changes: row.get("changes")? };
        Ok((FindingId(row.get("finding_id")?), news))
    })?;
    Ok(news.collect::<rusqlite::Result<_>>()?)
}

/// Every rule of the case that has run, by name.
pub fn list_rules(connection: &Connection) -> Result<Vec<RuleOfCase>> {
    let mut statement = connection.prepare_cached(query!("findings/list_rule_versions"))?;
    let mut rows = statement.query([])?;
    let mut rules: Vec<RuleOfCase> = Vec::new();
    while let Some(row) = rows.next()? {
        let (rule, version) = (read_rule(row)?, read_version(row)?);
        match rules.last_mut().filter(|last| last.key == rule.key) {
            Some(last) => last.versions.push(version),
            None => rules.push(RuleOfCase { versions: vec![version], ..rule }),
        }
    }
    Ok(rules)
}

fn read_rule(row: &Row<'_>) -> rusqlite::Result<RuleOfCase> {
    let instant = |column: &str| row.get::<_, Option<i64>>(column).map(|t| t.map(Timestamp::from_ticks));
    let window = Window { start: instant("window_start")?, end: instant("window_end")? };
    Ok(RuleOfCase {
        key: row.get("rule_id")?,
        id: row.get("published_id")?,
        name: row.get("name")?,
        hunt: row.get::<_, Option<i64>>("hunt_id")?.map(HuntId),
        window: row.get::<_, bool>("has_run")?.then_some(window),
        versions: Vec::new(),
    })
}

fn read_version(row: &Row<'_>) -> rusqlite::Result<RuleVersion> {
    let text: String = row.get("text")?;
    Ok(RuleVersion {
        sha256: row.get("sha256")?,
        head: read_head(&text).ok().map(|(head, _)| head),
        text,
        first_run_at: time(row, "first_run_at")?,
        events: row.get("events")?,
    })
}

/// The rule's versions (SHA-256) and the imports that brought what a finding shows, each once, in their order.
pub fn list_sources(connection: &Connection, finding: FindingId) -> Result<(Vec<String>, Vec<i64>)> {
    let mut statement = connection.prepare_cached(query!("findings/list_sources"))?;
    let (mut versions, mut imports) = (Vec::new(), Vec::new());
    let mut rows = statement.query([finding.0])?;
    while let Some(row) = rows.next()? {
        versions.push(row.get("sha256")?);
        imports.push(row.get("import_id")?);
    }
    versions.dedup();
    imports.sort_unstable();
    imports.dedup();
    Ok((versions, imports))
}

/// When the events happened that a finding shows, each with its number, in the order of time.
pub fn list_shown_times(connection: &Connection, finding: FindingId) -> Result<Vec<(i64, Timestamp)>> {
    let mut statement = connection.prepare_cached(query!("findings/list_shown_times"))?;
    let times = statement.query_map([finding.0], |row| Ok((row.get("event_id")?, time(row, "time")?)))?;
    Ok(times.collect::<rusqlite::Result<_>>()?)
}

/// The most frequent chains of processes in what a finding shows.
pub fn list_chains(connection: &Connection, finding: FindingId, limit: usize) -> Result<Vec<Chain>> {
    let mut statement = connection.prepare_cached(query!("findings/list_chains"))?;
    let params = named_params! { ":finding_id": finding.0, ":limit": limit as i64 };
    let chains = statement.query_map(params, |row| {
        Ok(Chain {
            grandparent: row.get("grandparent")?,
            parent: row.get("parent")?,
            child: row.get("child")?,
            events: row.get("events")?,
            chains: row.get("chains")?,
        })
    })?;
    Ok(chains.collect::<rusqlite::Result<_>>()?)
}

/// Hands on when and why of every event that a finding shows.
pub fn each_trace(connection: &Connection, each: &mut dyn FnMut(Trace<'_>)) -> Result<()> {
    let mut statement = connection.prepare_cached(query!("findings/list_traces"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(Trace {
            finding: FindingId(row.get("finding_id")?),
            time: time(row, "time")?,
            reason: row.get_ref("reason")?.as_str().map_err(rusqlite::Error::from)?,
        });
    }
    Ok(())
}
