//! Reports: an [`Extract`] of a case in the form that managers, responders and other tools take.
//!
//! Every kind is written from the same extract, one finding and one event at a time.

mod csv;
mod html;
mod json;
mod kql;
mod markdown;
mod navigator;
mod timesketch;
mod words;
mod xlsx;

use std::io::Write;

use super::Layout;
use crate::error::Result;
use crate::findings::Extract;

pub use json::SCHEMA;

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One page for people, complete in itself.
    Html,
    /// Text for tickets.
    Markdown,
    /// A header and one line a finding.
    Csv,
    /// A header and one line an event.
    EvidenceCsv,
    /// One object, as [`SCHEMA`] says.
    Json,
    /// One object a line, each with its type.
    Jsonl,
    /// A workbook of Excel.
    Xlsx,
    /// Events as Timesketch takes them in, one object a line.
    Timesketch,
    /// The same as CSV.
    TimesketchCsv,
    /// A layer of the ATT&CK Navigator.
    Navigator,
    /// Queries that find the events again in Defender.
    Kql,
}

impl Kind {
    /// Whether it is for people, who are told in it what is new since the last one.
    pub const fn is_for_people(self) -> bool {
        matches!(self, Self::Html | Self::Markdown | Self::Xlsx)
    }
}

/// Writes a report. Of the layout only the formula guard and whether there is a terminal count.
///
/// # Errors
/// The case's database, or what `out` says.
pub fn write_report<W: Write>(out: &mut W, extract: &Extract<'_>, kind: Kind, layout: Layout) -> Result<()> {
    match kind {
        Kind::Html => html::write(out, extract),
        Kind::Markdown => markdown::write(out, extract),
        Kind::Csv => csv::write_findings(out, extract, layout),
        Kind::EvidenceCsv => csv::write_events(out, extract, layout),
        Kind::Json => json::write_object(out, extract),
        Kind::Jsonl => json::write_lines(out, extract),
        Kind::Xlsx => xlsx::write(out, extract),
        Kind::Timesketch => timesketch::write_jsonl(out, extract),
        Kind::TimesketchCsv => timesketch::write_csv(out, extract, layout.formula_guard),
        Kind::Navigator => navigator::write(out, extract),
        Kind::Kql => kql::write(out, extract),
    }
}
