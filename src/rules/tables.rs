//! The tables of rules and runs, and the checking of a rule's query.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rusqlite::{Connection, OptionalExtension, Params, Row, Statement, named_params};

use super::rule::{Rule, Window};
use crate::error::{Error, Result};
use crate::event::Timestamp;
use crate::store::{Case, check_reading, query};

/// Checks queries of rules against a case without events.
pub struct Checker(Connection);

impl Checker {
    /// A checker: against the tables of `case`, which is quicker, or those of a new one.
    pub fn new(case: Option<&Case>) -> Result<Self> {
        Case::open_empty(case).map(Self)
    }

    /// Checks that a text is one SELECT that reads the case, begins with `event_id` and looks at one event at a time.
    /// Gives it without its semicolon, or the line within `body` (from 1) and what is wrong there.
    pub fn check(&self, body: &str) -> std::result::Result<String, (usize, String)> {
        let start = body.len() - body.trim_start().len();
        let line_of = |offset: usize| body.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
        let at_start = |problem: String| (line_of(start), problem);
        let reading = check_reading(&self.0, body)
            .map_err(|fault| (line_of(fault.offset.max(start)), fault.problem))?;
        match reading.columns.first() {
            Some(column) if column == "event_id" => {}
            Some(column) => {
                return Err(at_start(format!("the first column is {column:?}, expected event_id")));
            }
            None => return Err(at_start("there is no column, expected event_id".to_owned())),
        }
        match self.looks_at_one_event(&reading.sql) {
            Ok(true) => Ok(reading.sql),
            Ok(false) => Err(at_start(ONE_EVENT.to_owned())),
            Err(cause) => Err(at_start(format!("the query cannot be narrowed to new events: {cause}"))),
        }
    }

    /// Whether SQLite can narrow the query to a range of events, each by itself. A match of a query that relates
    /// events could change with events that arrive later, and a run looks at each event once.
    fn looks_at_one_event(&self, select: &str) -> rusqlite::Result<bool> {
        let sql = format!("EXPLAIN QUERY PLAN {}", narrowed(select, ARRIVED));
        let mut statement = self.0.prepare(&sql)?;
        let steps = statement.query_map([1, 2], |row| row.get::<_, String>("detail"))?;
        let steps: Vec<String> = steps.collect::<rusqlite::Result<_>>()?;
        let of_events = |step: &&String| EVENT_STEPS.iter().any(|start| step.starts_with(start));
        let mut of_events = steps.iter().filter(of_events).peekable();
        Ok(of_events.peek().is_some() && of_events.all(|step| step == ONE_RANGE))
    }
}

const ONE_EVENT: &str = "a rule looks at one event at a time: read DeviceProcessEvents once, without GROUP BY, \
                         LIMIT or window functions";
/// How SQLite's plan says that it reads the view's events: `event` is their alias in the view.
const EVENT_STEPS: [&str; 2] = ["SCAN event", "SEARCH event "];
/// The one way that is taken: a range of their numbers.
const ONE_RANGE: &str = "SEARCH event USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)";

/// A rule's query on a part of the events. The rule's text is a subquery, so that SQLite can push the condition down
/// to the events' numbers.
fn narrowed(select: &str, condition: &str) -> String {
    format!("SELECT * FROM (\n{select}\n) WHERE {condition}")
}

const ARRIVED: &str = "event_id > ?1 AND event_id <= ?2";
/// Events that had been looked at when they were filled; others are met as they arrive.
const COMPLETED: &str = "event_id IN (
  SELECT event_id FROM event_completion
  WHERE event_completion_id > ?1 AND event_completion_id <= ?2 AND event_id <= ?3
)";

/// How many events a thread looks at before it hands on what it found.
const EVENTS_AT_ONCE: usize = 1 << 15;
/// How many bytes of reasons it hands on at once.
const BYTES_AT_ONCE: usize = 1 << 20;
/// More threads would wait for the disk.
const MOST_THREADS: usize = 8;

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
    let known = find_rule(connection, rule)?;
    known.ok_or_else(|| Error::Unknown { what: "rule", name: rule.head.name.clone(), known: String::new() })
}

/// The rule's rows, when it has run in this text.
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

/// Which events a rule is to look at.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// Those after the first and up to the second.
    Arrived(i64, i64),
    /// Those that were filled after the first completion and up to the second, of events up to the third.
    Completed(i64, i64, i64),
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

/// Runs a rule's query on the events of `which`, and hands on each match in the order of arrival: the event and the
/// reason, a JSON object of the query's other columns.
pub fn find_matches(
    case: &Case,
    rule: &Rule,
    which: Which,
    found: &mut dyn FnMut(i64, &str) -> rusqlite::Result<()>,
) -> Result<()> {
    match which {
        Which::Arrived(after, until) => find_in_pieces(case, rule, (after, until), found),
        Which::Completed(after, until, last) => {
            let reader = case.open_read_only()?;
            let mut statement = reader.prepare(&narrowed(&rule.select, COMPLETED))?;
            for_each_match(&mut statement, [after, until, last], found)?;
            Ok(())
        }
    }
}

/// What a thread says of the events that it looks at.
enum Found {
    /// Events with the reasons why they match.
    Matches(Vec<(i64, String)>),
    /// There is no more in this piece.
    EndOfPiece,
}

/// Has one thread a processor look at pieces of the events, each at every so manieth of them, and takes what they find
/// in the order of the pieces. None gets far ahead, so that little waits in memory.
fn find_in_pieces(
    case: &Case,
    rule: &Rule,
    (after, until): (i64, i64),
    found: &mut dyn FnMut(i64, &str) -> rusqlite::Result<()>,
) -> Result<()> {
    let starts: Vec<i64> = (after..until).step_by(EVENTS_AT_ONCE).collect();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = processors.min(MOST_THREADS).min(starts.len()).max(1);
    let readers = (0..threads).map(|_| case.open_read_only()).collect::<Result<Vec<_>>>()?;
    std::thread::scope(|scope| {
        let mut pieces = Vec::new();
        for (thread, reader) in readers.into_iter().enumerate() {
            let (sender, receiver) = sync_channel(1);
            let own = starts.iter().copied().skip(thread).step_by(threads);
            scope.spawn(move || {
                if let Err(error) = look_at_pieces(&reader, rule, own, until, &sender) {
                    // Nobody listens any more where another thread failed before.
                    let _ = sender.send(Err(error));
                }
            });
            pieces.push(receiver);
        }
        for index in 0..starts.len() {
            take_piece(&pieces[index % threads], found)?;
        }
        Ok(())
    })
}

/// Takes what is found in one piece. A thread that panics ends the whole: the scope that it runs in sees to that.
fn take_piece(
    piece: &Receiver<rusqlite::Result<Found>>,
    found: &mut dyn FnMut(i64, &str) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    while let Ok(message) = piece.recv() {
        match message? {
            Found::Matches(matches) => {
                matches.iter().try_for_each(|(event_id, reason)| found(*event_id, reason))?;
            }
            Found::EndOfPiece => break,
        }
    }
    Ok(())
}

/// Sends what is found in each piece, some at a time.
fn look_at_pieces(
    reader: &Connection,
    rule: &Rule,
    starts: impl Iterator<Item = i64>,
    until: i64,
    sender: &SyncSender<rusqlite::Result<Found>>,
) -> rusqlite::Result<()> {
    let mut statement = reader.prepare(&narrowed(&rule.select, ARRIVED))?;
    for start in starts {
        let (mut matches, mut bytes) = (Vec::new(), 0);
        for_each_match(
            &mut statement,
            [start, until.min(start + EVENTS_AT_ONCE as i64)],
            &mut |event_id, reason| {
                bytes += reason.len();
                matches.push((event_id, reason.to_owned()));
                if bytes >= BYTES_AT_ONCE {
                    bytes = 0;
                    // An end that nobody waits for is noticed at the end of the piece.
                    let _ = sender.send(Ok(Found::Matches(std::mem::take(&mut matches))));
                }
                Ok(())
            },
        )?;
        let is_wanted =
            sender.send(Ok(Found::Matches(matches))).and_then(|()| sender.send(Ok(Found::EndOfPiece)));
        if is_wanted.is_err() {
            break;
        }
    }
    Ok(())
}

fn for_each_match(
    statement: &mut Statement<'_>,
    params: impl Params,
    found: &mut dyn FnMut(i64, &str) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query(params)?;
    while let Some(row) = rows.next()? {
        found(row.get("event_id")?, &reason_of(row, &names)?)?;
    }
    Ok(())
}

fn reason_of(row: &Row<'_>, names: &[String]) -> rusqlite::Result<String> {
    use rusqlite::types::ValueRef;
    let mut reason = serde_json::Map::new();
    for (index, name) in names.iter().enumerate().skip(1) {
        let value = match row.get_ref(index)? {
            ValueRef::Null => continue,
            ValueRef::Integer(integer) => integer.into(),
            ValueRef::Real(real) => real.into(),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                String::from_utf8_lossy(bytes).into_owned().into()
            }
        };
        reason.insert(name.clone(), value);
    }
    Ok(serde_json::Value::Object(reason).to_string())
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
pub fn keep_match(
    connection: &Connection,
    version_id: i64,
    event_id: i64,
    reason: &str,
) -> rusqlite::Result<bool> {
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

/// The numbers of the events that match, as far as the version has looked.
pub fn list_match_events(connection: &Connection, known: &Known) -> Result<Vec<i64>> {
    let mut statement = connection.prepare(query!("runs/list_rule_matches"))?;
    let events =
        statement.query_map((known.version_id, known.looked_completion_id), |row| row.get("event_id"))?;
    Ok(events.collect::<rusqlite::Result<_>>()?)
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
    /// The end of its window.
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
    /// The start of the window; None when the rule could not be read.
    pub window_start: Option<Timestamp>,
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
pub fn insert_rule_run(
    connection: &Connection,
    run: &RuleRun,
    version_id: Option<i64>,
    window: Option<Window>,
) -> Result<()> {
    connection.prepare_cached(query!("runs/insert_rule_run"))?.execute(named_params! {
        ":run_id": run.run_id,
        ":rule_name": run.rule,
        ":rule_version_id": version_id,
        ":window_start": window.map(|window| window.start.ticks()),
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
    let runs = statement.query_map([], |row| {
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
    })?;
    Ok(runs.collect::<rusqlite::Result<_>>()?)
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
    let window_start: Option<i64> = row.get("window_start")?;
    Ok(RuleRun {
        run_id: row.get("run_id")?,
        rule: row.get("rule_name")?,
        sha256: row.get("sha256")?,
        window_start: window_start.map(Timestamp::from_ticks),
        events_looked_at: row.get("events_looked_at")?,
        matches: row.get("matches")?,
        duration_ms: row.get("duration_ms")?,
        failure: row.get("failure")?,
    })
}

/// The parts of a rule's result that come from the case: one row a device, in the order of DeviceId.
pub fn list_rule_result<T>(
    connection: &Connection,
    event_ids: &[i64],
    window: Window,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    let mut statement = connection.prepare(query!("runs/list_rule_result"))?;
    let event_ids = serde_json::Value::from(event_ids).to_string();
    let rows = statement.query_map(
        named_params! {
            ":event_ids": event_ids,
            ":window_start": window.start.ticks(),
            ":window_end": window.end.ticks(),
        },
        |row| read(row),
    )?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
