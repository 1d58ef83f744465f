//! Events of which something is open, since the file that brought them was broken or lacked columns: a row that repeats
//! one of them makes it surer, and is kept for that.

use rusqlite::Connection;

use super::recent::ByHash;
use super::row::{EventRow, Stored};
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

/// What is open of events, by the import that brought them.
#[derive(Debug, Default)]
pub struct Doubts(ByHash<i64, Doubt>);

/// How a row stands in its file.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Whether no row broke inside a text before it.
    pub is_in_order: bool,
    /// The published columns that the file has.
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
        doubts.collect::<rusqlite::Result<_>>().map(Self)
    }

    /// What is to be kept of `row`, which says nothing that the event of the case does not say.
    pub fn repeat(&self, stored: &Stored, row: &EventRow, standing: Standing) -> Option<Repeat> {
        let doubt = self.0.get(&stored.import_id)?;
        let is_whole = standing.is_in_order && row.covers(&stored.row);
        let confirms = is_whole && doubt.recovered_after.is_some_and(|after| stored.line > after);
        let widens = !doubt.lacking.and(standing.columns).is_empty();
        (confirms || widens).then_some(Repeat { event_id: stored.event_id, is_whole })
    }
}
