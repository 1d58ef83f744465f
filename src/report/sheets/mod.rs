//! The columns of each kind of row, under the names that Microsoft Graph would give them.
//!
//! The names in CSV, JSON and JSONL are promised to users and kept apart from the program's own, so that those can
//! change.

mod coverage;
mod device;
mod finding;
mod history;
mod hunt;
mod import;
mod outside;
mod prune;
pub mod report;
mod rule;
mod space;
mod suppression;

use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use super::{Column, Layout, Value, Writer};
use crate::event::Timestamp;

pub use coverage::{DAYS, DEVICE_COVERAGE, GAPS, PARTIAL_IMPORTS, PartialImport, RULES_ASKED};
pub use device::DEVICES;
pub use finding::{CHANGES, EVIDENCE, FINDINGS};
pub use history::HISTORY;
pub use hunt::{HUNTS, RULES_OF_HUNT};
pub use import::{CONFLICTS, IMPORTS, INGESTED, RECOVERED, REJECTS};
pub use outside::OUTSIDE;
pub use prune::{PRUNED, PRUNES};
pub use rule::RULES;
pub use space::{SPACES, Space};
pub use suppression::SUPPRESSIONS;

/// How many characters of a rule's name tables show.
const RULE_SHOWN: usize = 20;

/// How rows of one kind look.
pub struct Sheet<T> {
    /// What the rows are, as the member of a JSON answer is called.
    pub kind: &'static str,
    columns: fn() -> Vec<Column>,
    row: fn(&T) -> Vec<Value>,
}

impl<T> Sheet<T> {
    /// Writes rows; `members` go before them in a JSON answer. Gives how many there were.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write<'i, W: Write + ?Sized>(
        &self,
        out: &mut W,
        layout: Layout,
        members: Vec<(&str, Json)>,
        items: impl IntoIterator<Item = &'i T>,
    ) -> io::Result<u64>
    where
        T: 'i,
    {
        let mut writer = Writer::begin(out, layout, self.kind, (self.columns)())?.with_members(members)?;
        for item in items {
            writer.row((self.row)(item))?;
        }
        writer.finish()
    }

    /// Begins rows that come one at a time.
    ///
    /// # Errors
    /// What `out` says.
    pub fn begin<'w, W: Write + ?Sized>(
        &self,
        out: &'w mut W,
        layout: Layout,
    ) -> io::Result<RowSink<'w, W, T>> {
        Ok(RowSink { writer: Writer::begin(out, layout, self.kind, (self.columns)())?, row: self.row })
    }

    /// The columns, for reports that lay out rows themselves.
    pub(in crate::report) fn columns(&self) -> Vec<Column> {
        (self.columns)()
    }

    /// One row, a cell for each of [`Self::columns`].
    pub(in crate::report) fn row(&self, item: &T) -> Vec<Value> {
        (self.row)(item)
    }

    /// One row as a JSON object.
    pub fn object(&self, item: &T) -> Json {
        let names = (self.columns)().into_iter().map(|column| column.name.into_owned());
        Json::Object(names.zip((self.row)(item).iter().map(|value| json!(value))).collect::<Map<_, _>>())
    }
}

/// Takes rows of one kind, one at a time.
pub struct RowSink<'w, W: Write + ?Sized, T> {
    writer: Writer<'w, W>,
    row: fn(&T) -> Vec<Value>,
}

impl<W: Write + ?Sized, T> RowSink<'_, W, T> {
    /// Writes one row.
    ///
    /// # Errors
    /// What the output says.
    pub fn row(&mut self, item: &T) -> io::Result<()> {
        self.writer.row((self.row)(item))
    }

    /// Ends the rows; gives how many there were.
    ///
    /// # Errors
    /// What the output says.
    pub fn finish(self) -> io::Result<u64> {
        self.writer.finish()
    }
}

/// A time: whole minutes for people, to fit a table, 100 ns for data.
fn time(instant: Timestamp) -> Value {
    Value::shown(instant.to_string(), instant.to_minutes_text())
}

fn optional_time(instant: Option<Timestamp>) -> Value {
    instant.map_or(Value::Null, time)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A device for people: its name, or its id where it has none.
fn device_name(name: &str, id: &str) -> Value {
    match name.is_empty() {
        true => Value::shown("", id),
        false => text(name),
    }
}

/// A rule's name; the start of it for people, since one that is long leaves no room for the rest.
fn rule_name(name: &str) -> Value {
    let start: String = name.chars().take(RULE_SHOWN).collect();
    if start.len() == name.len() { text(name) } else { Value::shown(name, format!("{start}…")) }
}
