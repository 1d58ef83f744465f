//! Rows as CSV.

use std::io::{self, Write};

use csv::{ErrorKind, Terminator, WriterBuilder};

use super::Layout;
use super::column::Column;
use super::escape::printable;
use super::value::{Value, guard_formula};

/// Writes a header and then rows, lines ending in LF.
pub(super) struct CsvRows<W: Write> {
    csv: csv::Writer<W>,
    formula_guard: bool,
    /// Whether what could drive a terminal is spelled out.
    to_terminal: bool,
}

impl<W: Write> CsvRows<W> {
    pub(super) fn begin(out: W, columns: &[Column], layout: Layout) -> io::Result<Self> {
        let csv = WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(out);
        let mut rows = Self { csv, formula_guard: layout.formula_guard, to_terminal: layout.width.is_some() };
        rows.write_header(columns)?;
        Ok(rows)
    }

    fn write_header(&mut self, columns: &[Column]) -> io::Result<()> {
        for column in columns {
            // A user's query may name its columns anything, a formula too.
            let name =
                if self.formula_guard { guard_formula(&column.name) } else { column.name.as_ref().into() };
            self.write_field(&name)?;
        }
        self.end_line()
    }

    pub(super) fn row(&mut self, row: &[Value]) -> io::Result<()> {
        for value in row {
            self.write_field(&value.csv_text(self.formula_guard))?;
        }
        self.end_line()
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.csv.flush()
    }

    fn write_field(&mut self, text: &str) -> io::Result<()> {
        let text = if self.to_terminal { printable(text) } else { text.into() };
        self.csv.write_field(text.as_bytes()).map_err(to_io_error)
    }

    fn end_line(&mut self) -> io::Result<()> {
        self.csv.write_record(None::<&[u8]>).map_err(to_io_error)
    }
}

/// Gives back the cause, whose kind tells a closed pipe; the conversion of `csv` loses it.
fn to_io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        ErrorKind::Io(cause) => cause,
        other => io::Error::other(format!("{other:?}")),
    }
}
