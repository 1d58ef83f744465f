//! A rule's query, narrowed to some events.

use std::collections::HashSet;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params_from_iter};

use super::Found;
use crate::error::{Error, Result, quoted};
use crate::rules::rule::{Reason, Rule};
use crate::store::Case;

/// The condition that leaves events after the first number and up to the second.
pub const ARRIVED: &str = "event_id > ?1 AND event_id <= ?2";
/// Events that had been looked at when they were filled; others are met as they arrive.
const COMPLETED: &str = "event_id IN (
  SELECT event_id FROM event_completion
  WHERE event_completion_id > ?1 AND event_completion_id <= ?2 AND event_id <= ?3
)";

/// A rule's query on a part of the events. The rule's text is a subquery, so that SQLite can push the condition down
/// to the events' numbers.
pub fn narrowed(select: &str, condition: &str) -> String {
    format!("SELECT * FROM (\n{select}\n) WHERE {condition}")
}

/// Which events a rule is to look at.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// Those after the first and up to the second.
    Arrived(i64, i64),
    /// Those that were filled after the first completion and up to the second, of events up to the third.
    Completed(i64, i64, i64),
}

/// An event that matches, and why: a JSON object of the query's other columns.
pub type Match = (i64, String);

/// Asks one rule, on a connection of its own that can only read.
pub struct Asker {
    connection: Connection,
    select: String,
}

impl Asker {
    /// For a rule.
    pub fn new(case: &Case, rule: &Rule) -> Result<Self> {
        Ok(Self { connection: case.open_read_only()?, select: rule.select.clone() })
    }

    /// Hands on the events of `which` that match.
    pub fn ask(&self, which: Which, found: Found<'_>) -> Result<()> {
        let (condition, numbers) = match which {
            Which::Arrived(after, until) => (ARRIVED, vec![after, until]),
            Which::Completed(after, until, last) => (COMPLETED, vec![after, until, last]),
        };
        let mut statement = self.connection.prepare_cached(&narrowed(&self.select, condition))?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query(params_from_iter(numbers))?;
        let mut known = HashSet::new();
        while let Some(row) = rows.next()? {
            let event_id = row.get("event_id")?;
            if !known.insert(event_id) {
                return Err(Error::Query(TWO_ROWS.to_owned()));
            }
            found(event_id, &reason_of(row, &names)?)?;
        }
        Ok(())
    }
}

const TWO_ROWS: &str = "it gives more than one row for an event, expected one";

fn reason_of(row: &Row<'_>, names: &[String]) -> Result<String> {
    let mut reason = serde_json::Map::new();
    for (index, name) in names.iter().enumerate().skip(1) {
        let value = match row.get_ref(index)? {
            ValueRef::Null => continue,
            ValueRef::Integer(integer) => integer.into(),
            ValueRef::Real(real) => real.into(),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                let text = String::from_utf8_lossy(bytes).into_owned();
                if name == Reason::COLUMN { read_reasons(&text)? } else { text.into() }
            }
        };
        reason.insert(name.clone(), value);
    }
    Ok(serde_json::Value::Object(reason).to_string())
}

/// The list that a rule gives in its column of that name.
fn read_reasons(text: &str) -> Result<serde_json::Value> {
    let reasons: Vec<Reason> = serde_json::from_str(text).map_err(|cause| {
        Error::Query(format!(
            "its column reasons: found {}, expected a JSON array of objects with column, operator and needle: {cause}",
            quoted(text)
        ))
    })?;
    Ok(serde_json::json!(reasons))
}
