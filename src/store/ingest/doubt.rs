//! Events of which something is open, since the file that brought them was broken or lacked columns: a row that repeats
//! one of them makes it surer, and is kept for that.

use std::collections::HashSet;

use rusqlite::Connection;

use super::recent::ByHash;
use super::row::Origin;
use crate::event::{Column, ColumnSet};
use crate::store::query;

/// What is open of an import's events.
#[derive(Debug, Clone, Copy)]
struct Doubt {
    /// The line behind which its rows may be part of a text.
    recovered_after: Option<i64>,
    /// The columns that its file lacked.
    lacking: ColumnSet,
}

/// What is open of the case's events.
#[derive(Debug, Default)]
pub struct Doubts {
    /// By the import that brought them.
    imports: ByHash<i64, Doubt>,
    /// Events that a row filled which may be part of a text.
    filled: HashSet<i64>,
}

/// How a row stands in its file.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Whether no row broke inside a text before it.
    pub is_in_order: bool,
    /// The published columns that it has.
    pub columns: ColumnSet,
}

/// That a row repeats an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    pub event_id: i64,
    /// Whether the row is in order and says all that the event says.
    pub is_whole: bool,
}

impl Doubts {
    /// Those of the case.
    pub fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let mut statement = connection.prepare(query!("store/list_doubtful_imports"))?;
        let doubts = statement.query_map([], |row| {
            let lacking: Vec<String> =
                serde_json::from_str(row.get_ref("lacking")?.as_str()?).unwrap_or_default();
            let lacking = lacking.iter().filter_map(|name| Column::from_name(name)).collect();
            Ok((row.get("import_id")?, Doubt { recovered_after: row.get("recovered_after")?, lacking }))
        })?;
        let imports: ByHash<i64, Doubt> = doubts.collect::<rusqlite::Result<_>>()?;
        let is_any_broken = imports.values().any(|doubt| doubt.recovered_after.is_some());
        let filled = if is_any_broken { list_filled(connection)? } else { HashSet::new() };
        Ok(Self { imports, filled })
    }

    /// What is to be kept of a row that says nothing that an event of the case does not say. `says_all`: it says all of it.
    pub fn repeat(&self, event: Origin, says_all: bool, standing: Standing) -> Option<Repeat> {
        let doubt = self.imports.get(&event.import_id);
        let widens = doubt.is_some_and(|doubt| !doubt.lacking.and(standing.columns).is_empty());
        let is_whole = standing.is_in_order && says_all;
        let repeat = widens.then_some(Repeat { event_id: event.event_id, is_whole });
        repeat.or_else(|| self.confirm(event, says_all, standing))
    }

    /// What is to be kept of a row that fills an event of the case: that it does is known already.
    pub fn confirm(&self, event: Origin, says_all: bool, standing: Standing) -> Option<Repeat> {
        let recovered_after = self.imports.get(&event.import_id).and_then(|doubt| doubt.recovered_after);
        let rests_on_recovered =
            self.filled.contains(&event.event_id) || recovered_after.is_some_and(|after| event.line > after);
        let is_whole = standing.is_in_order && says_all;
        (is_whole && rests_on_recovered).then_some(Repeat { event_id: event.event_id, is_whole })
    }
}

fn list_filled(connection: &Connection) -> rusqlite::Result<HashSet<i64>> {
    let mut statement = connection.prepare(query!("store/list_events_filled_in_doubt"))?;
    statement.query_map([], |row| row.get("event_id"))?.collect()
}
