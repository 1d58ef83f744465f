//! The tables of rules and runs.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::evaluating::Which;
use super::head::{Head, read_head};
use super::rule::{Rule, Window};
use crate::error::{Error, Result};
use crate::event::Timestamp;
use crate::store::{Answer, Case, Cell, cell_of, query};

/// A rule as the case knows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known {
    pub rule_id: i64,
    pub version_id: i64,
    /// Events up to this one have been looked at by this version.
    pub looked_event_id: i64,
    pub looked_completion_id: i64,
}

/// The rule's number in the case; it gets one when it has none.
pub fn keep_rule(connection: &Connection, rule: &Rule) -> Result<i64> {
    connection.prepare_cached(query!("runs/upsert_rule"))?.execute(named_params! {
        ":published_id": rule.head.id,
        ":name": rule.head.name,
    })?;
    let mut statement = connection.prepare_cached(query!("runs/get_rule"))?;
    Ok(statement.query_row([&rule.head.id], |row| row.get("rule_id"))?)
}

/// The rule's row and that of its version, made when they are not there.
pub fn know_rule(connection: &Connection, rule: &Rule, at: Timestamp) -> Result<Known> {
    keep_rule(connection, rule)?;
    connection.prepare_cached(query!("runs/insert_rule_version"))?.execute(named_params! {
        ":published_id": rule.head.id,
        ":sha256": rule.sha256,
        ":text": rule.text,
        ":first_run_at": at.ticks(),
    })?;
    connection.prepare_cached(query!("runs/update_rule_text"))?.execute(named_params! {
        ":published_id": rule.head.id,
        ":sha256": rule.sha256,
        ":text": rule.text,
    })?;
    let known = find_rule(connection, rule)?;
    known.ok_or_else(|| Error::Unknown { what: "rule", name: rule.head.name.clone(), known: String::new() })
}

/// A rule as the case keeps it.
pub struct Held {
    /// The id in its head.
    pub id: String,
    pub name: String,
    /// The whole file, as it was when the rule last ran.
    pub text: String,
}

/// What the head of a rule says, in the version that ran last; None for a rule that never ran, or whose head this version
/// of huntcase does not understand.
///
/// # Errors
/// The case's database.
pub fn head_of(case: &Case, rule_id: i64) -> Result<Option<Head>> {
    let mut statement = case.connection().prepare_cached(query!("runs/get_rule_text"))?;
    let text: Option<String> = statement.query_row([rule_id], |row| row.get("text")).optional()?;
    Ok(text.and_then(|text| read_head(&text).ok()).map(|(head, _)| head))
}

/// The rules that have run, in the version that ran last, by name.
pub fn list_held(connection: &Connection) -> Result<Vec<Held>> {
    let mut statement = connection.prepare(query!("runs/list_held_rules"))?;
    let held = statement.query_map([], |row| {
        Ok(Held { id: row.get("published_id")?, name: row.get("name")?, text: row.get("text")? })
    })?;
    Ok(held.collect::<rusqlite::Result<_>>()?)
}

/// The rule's rows, when it has run in this version.
pub fn find_rule(connection: &Connection, rule: &Rule) -> Result<Option<Known>> {
    let mut statement = connection.prepare_cached(query!("runs/get_rule_version"))?;
    let known = statement.query_row((&rule.head.id, &rule.sha256), |row| {
        Ok(Known {
            rule_id: row.get("rule_id")?,
            version_id: row.get("rule_version_id")?,
            looked_event_id: row.get("looked_event_id")?,
            looked_completion_id: row.get("looked_completion_id")?,
        })
    });
    Ok(known.optional()?)
}

/// The newest event and completion in the case.
pub fn last_arrivals(connection: &Connection) -> Result<(i64, i64)> {
    let mut statement = connection.prepare_cached(query!("runs/get_last_arrivals"))?;
    Ok(statement.query_row([], |row| Ok((row.get("event_id")?, row.get("event_completion_id")?)))?)
}

impl Known {
    /// What has come since the version last looked, up to the newest event and completion.
    pub fn unlooked(&self, (last_event, last_completion): (i64, i64)) -> [Which; 2] {
        [
            Which::Arrived(self.looked_event_id, last_event),
            Which::Completed(self.looked_completion_id, last_completion, self.looked_event_id),
        ]
    }
}

/// How many events there are of `which`.
pub fn count_events(connection: &Connection, which: Which) -> Result<i64> {
    match which {
        Which::Arrived(after, until) => {
            let mut statement = connection.prepare_cached(query!("runs/count_arrived_events"))?;
            Ok(statement.query_row((after, until), |row| row.get("events"))?)
        }
        Which::Completed(after, until, last) => {
            let mut statement = connection.prepare_cached(query!("runs/count_completed_events"))?;
            Ok(statement.query_row((after, until, last), |row| row.get("events"))?)
        }
    }
}

/// Doubts the matches of events that were filled after the first completion and up to the second.
pub fn doubt_matches(connection: &Connection, version_id: i64, after: i64, until: i64) -> Result<()> {
    connection.prepare_cached(query!("runs/doubt_rule_matches"))?.execute(named_params! {
        ":rule_version_id": version_id,
        ":after": after,
        ":until": until,
    })?;
    Ok(())
}

/// Keeps a match, or renews the one of this event. True when it is new.
pub fn keep_match(connection: &Connection, version_id: i64, event_id: i64, reason: &str) -> Result<bool> {
    let params = named_params! { ":rule_version_id": version_id, ":event_id": event_id, ":reason": reason };
    let is_new = connection.prepare_cached(query!("runs/insert_rule_match"))?.execute(params)? > 0;
    if !is_new {
        connection.prepare_cached(query!("runs/update_rule_match"))?.execute(params)?;
    }
    Ok(is_new)
}

/// Notes how far a rule's version has looked.
pub fn update_looked(
    connection: &Connection,
    version_id: i64,
    event_id: i64,
    completion_id: i64,
) -> Result<()> {
    connection.prepare_cached(query!("runs/update_rule_version"))?.execute(named_params! {
        ":rule_version_id": version_id,
        ":looked_event_id": event_id,
        ":looked_completion_id": completion_id,
    })?;
    Ok(())
}

/// The events that match and why, as far as the version has looked.
pub fn list_matches(connection: &Connection, known: &Known) -> Result<Matched> {
    let mut statement = connection.prepare(query!("runs/list_rule_matches"))?;
    let matches = statement.query_map((known.version_id, known.looked_completion_id), |row| {
        Ok((row.get("event_id")?, row.get("reason")?))
    })?;
    Ok(matches.collect::<rusqlite::Result<_>>()?)
}

/// One execution of the rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its number, from 1.
    pub id: i64,
    /// When it ran.
    pub at: Timestamp,
    /// Who ran it.
    pub by: String,
    /// The instant that it was asked as of: the newest event's that was not in the future, where nothing else was said.
    pub as_of: Timestamp,
    /// How long it took.
    pub duration_ms: i64,
    /// Findings that it raised.
    pub findings_new: i64,
    /// Findings that it added evidence to.
    pub findings_updated: i64,
    /// Resolved findings that got more of the same.
    pub findings_repeated: i64,
    /// Resolved findings that it reopened.
    pub findings_reopened: i64,
    /// Findings that it left as they were.
    pub findings_unchanged: i64,
    /// Open findings that their rule no longer hits.
    pub findings_absent: i64,
    /// Events that suppressions hid in it.
    pub events_hidden: i64,
}

/// What one rule did in a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleRun {
    /// The run.
    pub run_id: i64,
    /// The rule.
    pub rule: String,
    /// The version's SHA-256; None when the rule could not be read.
    pub sha256: Option<String>,
    /// What it was asked about.
    pub window: Window,
    /// How many events it looked at.
    pub events_looked_at: i64,
    /// How many of them it matched, whatever the window.
    pub matches: i64,
    /// How long it took.
    pub duration_ms: i64,
    /// Why it failed; None when it did not.
    pub failure: Option<String>,
}

/// Starts the record of a run; gives its number. The counts come with `finish_run`.
pub fn insert_run(connection: &Connection, at: Timestamp, by: &str, as_of: Timestamp) -> Result<i64> {
    connection.prepare_cached(query!("runs/insert_run"))?.execute(named_params! {
        ":run_at": at.ticks(),
        ":run_by": by,
        ":as_of": as_of.ticks(),
    })?;
    Ok(connection.last_insert_rowid())
}

/// Records what a rule did in a run.
pub fn insert_rule_run(connection: &Connection, run: &RuleRun, version_id: Option<i64>) -> Result<()> {
    let window = run.window;
    connection.prepare_cached(query!("runs/insert_rule_run"))?.execute(named_params! {
        ":run_id": run.run_id,
        ":rule_name": run.rule,
        ":rule_version_id": version_id,
        ":window_start": window.start.map(Timestamp::ticks),
        ":window_end": window.end.map(Timestamp::ticks),
        ":events_looked_at": run.events_looked_at,
        ":matches": run.matches,
        ":duration_ms": run.duration_ms,
        ":failure": run.failure,
    })?;
    Ok(())
}

/// Every run, in the order in which they ran.
///
/// # Errors
/// The case's database.
pub fn list_runs(case: &Case) -> Result<Vec<Run>> {
    let mut statement = case.connection().prepare(query!("runs/list_runs"))?;
    let runs = statement.query_map([], read_run)?;
    Ok(runs.collect::<rusqlite::Result<_>>()?)
}

/// The newest run; None before the first.
///
/// # Errors
/// The case's database.
pub fn last_run(case: &Case) -> Result<Option<Run>> {
    let mut statement = case.connection().prepare_cached(query!("runs/get_newest_run"))?;
    Ok(statement.query_row([], read_run).optional()?)
}

fn read_run(row: &Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        id: row.get("run_id")?,
        at: Timestamp::from_ticks(row.get("run_at")?),
        by: row.get("run_by")?,
        as_of: Timestamp::from_ticks(row.get("as_of")?),
        duration_ms: row.get("duration_ms")?,
        findings_new: row.get("findings_new")?,
        findings_updated: row.get("findings_updated")?,
        findings_repeated: row.get("findings_repeated")?,
        findings_reopened: row.get("findings_reopened")?,
        findings_unchanged: row.get("findings_unchanged")?,
        findings_absent: row.get("findings_absent")?,
        events_hidden: row.get("events_hidden")?,
    })
}

/// What each rule did in a run, in the order of names.
///
/// # Errors
/// The case's database.
pub fn list_rule_runs(case: &Case, run_id: i64) -> Result<Vec<RuleRun>> {
    let mut statement = case.connection().prepare(query!("runs/list_rule_runs"))?;
    let runs = statement.query_map([run_id], read_rule_run)?;
    Ok(runs.collect::<rusqlite::Result<_>>()?)
}

/// What each rule did when it last ran, in the order of names.
///
/// # Errors
/// The case's database.
pub fn list_newest_rule_runs(case: &Case) -> Result<Vec<RuleRun>> {
    let mut statement = case.connection().prepare(query!("runs/list_newest_rule_runs"))?;
    let runs = statement.query_map([], read_rule_run)?;
    Ok(runs.collect::<rusqlite::Result<_>>()?)
}

fn read_rule_run(row: &Row<'_>) -> rusqlite::Result<RuleRun> {
    let instant =
        |column: &str| row.get::<_, Option<i64>>(column).map(|ticks| ticks.map(Timestamp::from_ticks));
    Ok(RuleRun {
        run_id: row.get("run_id")?,
        rule: row.get("rule_name")?,
        sha256: row.get("sha256")?,
        window: Window { start: instant("window_start")?, end: instant("window_end")? },
        events_looked_at: row.get("events_looked_at")?,
        matches: row.get("matches")?,
        duration_ms: row.get("duration_ms")?,
        failure: row.get("failure")?,
    })
}

/// Events that a rule found, and why each matches: a JSON object of the rule's own columns.
pub type Matched = BTreeMap<i64, String>;

/// The query of a rule's result over the events that it found, which are its table `matched`: the published columns,
/// `event_id`, and `reason`. Parameters: the events with their reasons, and the ends of the window.
fn over_matched(result: &str) -> String {
    format!(
        "WITH matched AS (
           SELECT published.*, listed.value AS reason
           FROM json_each(?1) AS listed
           JOIN DeviceProcessEvents AS published ON published.event_id = CAST(listed.key AS INTEGER)
           WHERE published.ticks > ?2 AND published.ticks <= ?3
         )
         SELECT * FROM (\n{result}\n)"
    )
}

/// Runs the query of a rule's result.
pub fn answer_result(
    connection: &Connection,
    result: &str,
    matched: &Matched,
    window: Window,
    answer: &mut impl Answer,
) -> Result<()> {
    let mut statement = connection.prepare(&over_matched(result))?;
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let width = names.len();
    answer.columns(names)?;
    let (start, end) = window.ticks();
    let matched = serde_json::to_string(matched).unwrap_or_default();
    let mut rows = statement.query(params![matched, start, end])?;
    while let Some(row) = rows.next()? {
        let cells: rusqlite::Result<Vec<Cell>> =
            (0..width).map(|index| row.get_ref(index).map(cell_of)).collect();
        answer.row(cells?)?;
    }
    Ok(())
}
