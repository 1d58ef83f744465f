//! Reading what a case cannot speak of.

use rusqlite::{Connection, named_params};

use super::Limits;
use crate::error::Result;
use crate::event::Timestamp;
use crate::findings::HuntId;
use crate::findings::finding::Why;
use crate::findings::tables::time;
use crate::store::{Case, query};

/// A match that is in no finding, since a window left it out.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "the fields are the columns of DeviceProcessEvents that their names say")]
pub struct Outside {
    pub rule: String,
    pub time: Timestamp,
    pub report_id: Option<i64>,
    pub device_id: String,
    pub device_name: String,
    pub file_name: String,
    pub command_line: String,
    /// Why it matches.
    pub why: Why,
}

/// Hands on the matches that are in no finding, in the order of time.
///
/// # Errors
/// The case's database, or what `each` says.
pub fn each_outside(case: &Case, each: &mut dyn FnMut(Outside) -> Result<()>) -> Result<()> {
    let mut statement = case.connection().prepare(query!("findings/list_outside"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(Outside {
            rule: row.get("rule_name")?,
            time: time(row, "time")?,
            report_id: row.get("report_id")?,
            device_id: row.get("device_id")?,
            device_name: row.get("device_name")?,
            file_name: row.get("file_name")?,
            command_line: row.get("command_line")?,
            why: Why::from_match(&row.get::<_, String>("reason")?),
        })?;
    }
    Ok(())
}

/// How many matches of each rule are in no finding.
pub fn count_outside(connection: &Connection, hunt: Option<HuntId>) -> Result<Vec<(String, i64)>> {
    let mut statement = connection.prepare_cached(query!("findings/count_outside"))?;
    let params = named_params! { ":hunt_id": hunt.map(|id| id.0) };
    let counts = statement.query_map(params, |row| Ok((row.get("name")?, row.get("matches")?)))?;
    Ok(counts.collect::<rusqlite::Result<_>>()?)
}

/// How many events came, or were filled, after the last that every rule was asked about, of closed hunts or of others.
pub fn count_unasked(connection: &Connection, hunt: Option<HuntId>, closed: bool) -> Result<i64> {
    let mut statement = connection.prepare_cached(query!("findings/count_unasked"))?;
    let params = named_params! { ":hunt_id": hunt.map(|id| id.0), ":closed": closed };
    Ok(statement.query_row(params, |row| row.get("events"))?)
}

/// What of the exports is not in the case as it was.
pub fn get_untaken(connection: &Connection) -> Result<Limits> {
    let mut statement = connection.prepare_cached(query!("findings/get_untaken"))?;
    Ok(statement.query_row([], |row| {
        Ok(Limits {
            rows_rejected: row.get("rows_rejected")?,
            rows_conflicting: row.get("rows_conflicting")?,
            rows_recovered: row.get("rows_recovered")?,
            events_pruned: row.get("events_pruned")?,
            ..Limits::default()
        })
    })?)
}
