//! Rows as table, CSV, JSON or JSONL, into any `impl Write`.
//!
//! This room knows how things look and nothing else: no SQL, no clock, no environment, no decision
//! about which rows there are or in which order. The crate `tabled` is named here alone, and so is `csv`.
//!
//! - [`Writer`] takes rows of one kind as they come and holds at most [`CHUNK_ROWS`] of them.
//! - [`sheets`] says which columns findings, devices, imports and rules have.
//! - [`kinds`] writes reports: what an extract of a case tells, in each form that others take.
//! - [`write_finding`] prints one finding whole.
//! - [`matched_words`] reads from a rule's reason which words it found, [`mark`] finds them in a command line.
//! - [`page()`] prints one thing as aligned label and value lines.
//! - [`printable`] makes visible what could drive a terminal or deceive its reader. Everything in
//!   a table or on a page has passed through it, and CSV on a terminal. [`json_safe`] does so in
//!   JSON without a change of value; CSV elsewhere carries the text unchanged.
//!
//! A *cell* is one value of a row, a *heading* what stands above a column of a table, and *shown*
//! means the text for people where it differs from the data (`In progress` for `inProgress`).

mod column;
mod count;
mod delimited;
mod escape;
mod finding;
mod json;
pub mod kinds;
mod limits;
mod marks;
mod page;
pub mod sheets;
mod table;
#[cfg(test)]
mod tests;
mod value;
mod why;
mod wrap;
mod writer;

pub use column::{Column, When};
pub use count::{counted, grouped};
pub use escape::{json_safe, printable, printable_lines};
pub use finding::{
    FindingPage, account, change_in_words, plain, process_chain, recovered_among, recovered_in_words, source,
    status_in_words, time_in_words, value_in_words, verdict_in_words, write_finding, write_notes,
};
pub use json::SCHEMA_VERSION;
use json::object_text;
pub use limits::{failures_in_words, limits_data, limits_in_words, window_in_words};
pub use marks::{Word, mark, matched_words};
pub use page::page;
pub use table::CHUNK_ROWS;
pub use value::Value;
pub use why::{why_in_words, why_items};
pub use writer::Writer;

/// What rows are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Aligned columns for people, with headings and a rule; nothing at all for no rows.
    Table,
    /// A header and one line a row, comma separated, UTF-8, lines ending in LF.
    Csv,
    /// One object that holds the schema version and the rows.
    Json,
    /// One object a line and nothing around them.
    Jsonl,
}

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// What the rows are written as.
    pub format: Format,
    /// Columns of the terminal, for tables; below 20 is read as 20. `None` means that nothing is
    /// wrapped and nothing cut, for pipes and files.
    pub width: Option<usize>,
    /// Whether CSV text that a spreadsheet would take for a formula is given a leading `'`.
    pub formula_guard: bool,
}

impl Layout {
    /// Gives `format` without a width to fit and without the formula guard.
    pub const fn new(format: Format) -> Self {
        Self { format, width: None, formula_guard: false }
    }
}
