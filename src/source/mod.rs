//! Export formats -> events. The kind of an export is told from its content, never from its name.
//!
//! A *row* is one record of an export. Readers hand rows out one at a time, borrowed from their window over the
//! file, and keep no more of the file than that. May use `event`; knows no case.

mod cells;
mod csv;
mod export;
mod extra;
mod headings;
mod input;
mod json;
mod notice;
mod scan;

use std::io;

pub use csv::CsvRows;
pub use export::Export;
pub use extra::write_extra;
pub use headings::{Heading, read_heading};
pub use input::{Input, LONGEST_ROW};
pub use json::JsonRows;
pub use notice::{MOST_NAMED, Notice};

use crate::event::Fields;

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
    /// A row of another table, which a stream may mix in.
    OtherTable,
}

impl Row<'_> {
    /// The row, rejected where a value is not what its column holds.
    pub fn checked(self) -> Self {
        match self {
            Self::Event { line, fields, raw } => match fields.to_event() {
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
}
