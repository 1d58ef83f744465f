//! The rows of sheets, written as CSV.

use std::borrow::Cow;
use std::io::{Read, Seek};
use std::iter::repeat_n;
use std::sync::mpsc::SyncSender;

use calamine::{DataRef, Xlsx};

use super::Piece;
use super::choose::Chosen;
use super::rows::{SheetRow, SheetRows, in_sheet};
use super::values::spell;
use crate::event::Kind;
use crate::source::LONGEST_ROW;
use crate::source::csv::is_heading;
use crate::source::headings::{Heading, read_heading};

/// How much text is sent at once.
const CHUNK: usize = 256 << 10;

/// Writes sheets as CSV.
pub struct Writer<'a> {
    to: &'a SyncSender<Piece>,
    is_1904: bool,
    /// How many bytes may still be written: a row of one cell in the last column takes as many commas as there are columns.
    left: u64,
    text: Vec<u8>,
    lines: u64,
    /// How many cells the heading has: each row has as many at least, filled or not.
    width: usize,
    /// Whether a column holds times.
    times: Vec<bool>,
}

impl<'a> Writer<'a> {
    /// Writes to whoever reads, `most` bytes at most. `is_1904`: how the workbook counts days.
    pub fn new(to: &'a SyncSender<Piece>, is_1904: bool, most: u64) -> Self {
        Self { to, is_1904, left: most, text: Vec::new(), lines: 0, width: 0, times: Vec::new() }
    }

    /// How many lines were written.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Writes a sheet from its heading on, with empty lines for what stands above.
    ///
    /// # Errors
    /// In words: the sheet cannot be read, or is too large when it is written out.
    pub fn write_sheet<R: Read + Seek>(&mut self, book: &mut Xlsx<R>, sheet: &Chosen) -> Result<(), String> {
        let mut rows = SheetRows::open(book, &sheet.name)?;
        let before = self.lines;
        while let Some(row) = rows.next_row()? {
            if row.number < sheet.heading {
                continue;
            }
            let start = self.text.len();
            let empty = before + row.number - 1 - self.lines;
            self.text.extend(repeat_n(b'\n', empty as usize));
            if row.number == sheet.heading || self.is_heading_within(&row) {
                self.write_heading(&row);
            } else {
                self.write_row(&row);
            }
            self.lines += empty + 1;
            self.check((self.text.len() - start) as u64, empty, &row)
                .map_err(|problem| in_sheet(&sheet.name, &problem))?;
            if self.text.len() >= CHUNK && !self.send() {
                break;
            }
        }
        Ok(())
    }

    /// Checks that the row just written, with so many empty lines before it, is none too long to be read as one.
    fn check(&mut self, written: u64, empty: u64, row: &SheetRow<'_>) -> Result<(), String> {
        if written - empty > LONGEST_ROW as u64 {
            return Err(format!("row {} is longer than {} MiB as CSV", row.number, LONGEST_ROW >> 20));
        }
        self.left = self.left.checked_sub(written).ok_or("it is too large as CSV")?;
        Ok(())
    }

    /// Sends what is left, and that it is all.
    pub fn finish(mut self) {
        if self.text.is_empty() || self.send() {
            _ = self.to.send(Ok(Vec::new()));
        }
    }

    /// Sends what was written. False when nobody reads it.
    fn send(&mut self) -> bool {
        self.to.send(Ok(std::mem::take(&mut self.text))).is_ok()
    }

    fn write_heading(&mut self, row: &SheetRow<'_>) {
        let headings = headings_of(row);
        let holds_times = |heading: &String| match read_heading(heading) {
            Heading::Published(published) => published.column.kind() == Kind::Datetime,
            _ => false,
        };
        self.width = headings.len();
        self.times = headings.iter().map(holds_times).collect();
        write_record(&mut self.text, headings.iter().map(String::as_str));
    }

    fn write_row(&mut self, row: &SheetRow<'_>) {
        let texts = row.cells.iter().map(|(column, value)| {
            let holds_times = self.times.get(*column).copied().unwrap_or_default();
            (*column, spell(value, holds_times, self.is_1904))
        });
        let texts = spread(texts, self.width);
        write_record(&mut self.text, texts.iter().map(|text| &**text));
    }

    /// Whether a row is a heading, as the reader of CSV will judge it: most rows have a time where no name stands.
    fn is_heading_within(&self, row: &SheetRow<'_>) -> bool {
        let may_be_name = |(column, value): &(usize, DataRef<'_>)| match value {
            _ if self.times.get(*column) != Some(&true) => true,
            DataRef::String(text) => !starts_with_digit(text),
            DataRef::SharedString(text) => !starts_with_digit(text),
            _ => false,
        };
        row.cells.iter().all(may_be_name) && is_heading(headings_of(row).iter().map(String::as_str))
    }
}

fn starts_with_digit(text: &str) -> bool {
    text.trim_start().starts_with(|c: char| c.is_ascii_digit())
}

/// The cells of a row as headings, on one line each.
pub fn headings_of(row: &SheetRow<'_>) -> Vec<String> {
    let texts = row.cells.iter().map(|(column, value)| (*column, spell(value, false, false)));
    spread(texts, 0).iter().map(|text| text.replace("\r\n", " ").replace(['\r', '\n'], " ")).collect()
}

/// Texts by column, with empty ones between them, `width` at least.
fn spread<'t>(texts: impl Iterator<Item = (usize, Cow<'t, str>)>, width: usize) -> Vec<Cow<'t, str>> {
    let mut cells = Vec::with_capacity(width);
    for (column, text) in texts {
        cells.resize(column, Cow::Borrowed(""));
        cells.push(text);
    }
    cells.resize(cells.len().max(width), Cow::Borrowed(""));
    cells
}

/// Appends a record as RFC 4180 has it, with a line feed.
pub fn write_record<'t>(text: &mut Vec<u8>, cells: impl Iterator<Item = &'t str>) {
    for (number, cell) in cells.enumerate() {
        if number > 0 {
            text.push(b',');
        }
        // A byte order mark that begins a record would be taken for the beginning of a file.
        if cell.contains([',', '"', '\n', '\r', '\u{feff}']) {
            text.push(b'"');
            text.extend(cell.replace('"', "\"\"").as_bytes());
            text.push(b'"');
        } else {
            text.extend(cell.as_bytes());
        }
    }
    text.push(b'\n');
}
