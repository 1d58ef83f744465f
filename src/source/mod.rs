//! Export formats -> events. The kind of an export is told from its content, never from its name.
//!
//! A *row* is one record of an export. Readers hand rows out one at a time, borrowed from their window over the
//! file, and keep no more of the file than that. May use `event`; knows no case.

mod archive;
mod cells;
mod csv;
mod encoding;
mod explain;
mod export;
mod extra;
mod headings;
mod input;
mod json;
mod kind;
mod names;
mod notice;
mod opened;
mod origin;
mod refusal;
mod remarks;
mod scan;
mod sheet;
mod survey;
mod tables;
mod unpack;

use std::io;

pub use archive::{Part, unfold};
pub use csv::CsvRows;
pub use encoding::Encoding;
pub use explain::{EventSeen, Explanation, TimeSeen, ZoneSaid, explain};
pub use export::Export;
pub use extra::write_extra;
pub use input::{Form, HEAD, Input, LONGEST_ROW};
pub use json::JsonRows;
pub use names::{EXPORT_NAMES, is_named_like_export};
pub use notice::{MOST_NAMED, Notice};
pub use opened::{Identity, Opened};
pub use origin::Origin;
pub use remarks::Remarks;

#[cfg(test)]
use crate::event::Reading;
use crate::event::{Column, ColumnSet, Fields};

/// What one row of an export turned out to be.
#[derive(Debug)]
pub enum Row<'a> {
    /// A row in which an event may stand. Its values are not read yet: most of them were met before.
    Event {
        /// The line on which the row begins, from 1.
        line: u64,
        /// The row's texts.
        fields: Fields<'a>,
        /// The row's bytes as they stand in the export.
        raw: &'a [u8],
    },
    /// A row that cannot be an event, kept with its text.
    Rejected {
        /// The line on which the row begins, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
        /// The row's bytes as they stand in the export.
        raw: &'a [u8],
    },
    /// A row of another table, of this name; `""` where nothing names it.
    OtherTable(&'a str),
}

#[cfg(test)]
impl Row<'_> {
    /// The row, rejected where a value is not what its column holds.
    fn checked(self) -> Self {
        match self {
            Self::Event { line, fields, raw } => match fields.read_as(&Reading::default()).to_event() {
                Ok(_) => self,
                Err(fault) => Self::Rejected { line, reason: fault.to_string(), raw },
            },
            _ => self,
        }
    }
}

/// Reads the rows of one kind of export.
pub trait ReadRows: Send {
    /// The next row, or None at the end.
    ///
    /// # Errors
    /// The file cannot be read.
    fn next_row(&mut self) -> io::Result<Option<Row<'_>>>;

    /// Steps back, so that the row just handed out comes again. Only the last one can.
    fn unread_row(&mut self);

    /// The window, for its size and digest.
    fn input(&mut self) -> &mut Input;

    /// What was noticed of the file so far; at the end, of all of it.
    fn remarks(&self) -> &Remarks;

    /// The published columns that the rows have, as far as it is known.
    fn columns(&self) -> ColumnSet;

    /// The names of other columns.
    fn other_columns(&self) -> Vec<String>;

    /// Headings that were read as a column of another name.
    fn read_otherwise(&self) -> Vec<(String, Column)>;

    /// What separates cells, where there are any.
    fn separator(&self) -> Option<char> {
        None
    }
}
