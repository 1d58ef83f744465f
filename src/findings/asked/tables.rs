//! What the tables of rules, runs and events say of how far rules have looked.

use rusqlite::{Connection, named_params};

use crate::error::Result;
use crate::event::Timestamp;
use crate::store::query;

/// A rule as it last ran.
pub struct RuleRow {
    pub rule: String,
    pub run_id: i64,
    pub failure: Option<String>,
    /// The newest event by arrival that it has looked at; 0 for none.
    pub looked_event_id: i64,
    pub window_start: Option<Timestamp>,
    pub window_end: Option<Timestamp>,
}

/// Every rule that ever ran, in the order of names.
pub fn list_rules(connection: &Connection) -> Result<Vec<RuleRow>> {
    let mut statement = connection.prepare(query!("findings/list_rules_asked"))?;
    let rules = statement.query_map([], |row| {
        let window = [row.get("window_start")?, row.get("window_end")?];
        let [window_start, window_end] = window.map(|ticks: Option<i64>| ticks.map(Timestamp::from_ticks));
        Ok(RuleRow {
            rule: row.get("rule_name")?,
            run_id: row.get("run_id")?,
            failure: row.get("failure")?,
            looked_event_id: row.get("looked_event_id")?,
            window_start,
            window_end,
        })
    })?;
    Ok(rules.collect::<rusqlite::Result<_>>()?)
}

/// How many events there are, and how many of them arrived after one.
pub fn count_events(connection: &Connection, event_id: i64) -> Result<(i64, i64)> {
    let mut statement = connection.prepare_cached(query!("findings/count_asked_events"))?;
    let params = named_params! { ":looked_event_id": event_id };
    Ok(statement.query_row(params, |row| Ok((row.get("events")?, row.get("unasked")?)))?)
}

/// The time of the newest event up to the present among those that arrived up to one.
pub fn last_time(connection: &Connection, event_id: i64, now: Timestamp) -> Result<Option<Timestamp>> {
    let mut statement = connection.prepare_cached(query!("findings/get_last_asked_time"))?;
    let params = named_params! { ":looked_event_id": event_id, ":now": now.ticks() };
    let ticks: Option<i64> = statement.query_row(params, |row| row.get("time"))?;
    Ok(ticks.map(Timestamp::from_ticks))
}
