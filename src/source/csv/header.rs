//! The headings of a CSV export: the first, and those that stand among rows where files were put together.

use std::io;

use memchr::memchr;

use super::layout::{Layout, is_heading};
use super::search::Record;
use super::{CsvRows, LONGEST_ROW, ReadRows, trim_line_end};
use crate::error::WayOut;
use crate::source::cells::{Cells, Unquoted};
use crate::source::headings::{Heading, read_heading};
use crate::source::refusal::{Accepted, Refusal};

/// Separators of cells, in the order in which they are tried.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// How much of a line is looked at to see what kind of line it is.
const PEEKED: usize = 256;
/// The most columns of a heading: whoever writes an export chooses how many there are.
const MOST_COLUMNS: usize = 4096;

impl CsvRows {
    /// The headings of the first part of the file, as they stand.
    pub(super) fn read_header(&mut self) -> Accepted<Vec<String>> {
        // Windows PowerShell's Export-Csv names a type first, and Excel takes the separator from such a line.
        let mut first = self.peek_line()?;
        while first.is_empty() && !self.input.window().is_empty() {
            self.pass_line(0)?;
            first = self.peek_line()?;
        }
        if first.starts_with("#TYPE") || first.starts_with("\"#TYPE") {
            self.pass_line(first.len())?;
            first = self.peek_line()?;
        }
        if let Some(separator) = separator_of(&first) {
            self.separator = separator;
            self.pass_line(first.len())?;
            while self.peek_line()?.is_empty() && !self.input.window().is_empty() {
                self.pass_line(0)?;
            }
            return self.read_headings();
        }
        let tried = if self.is_of_records { &SEPARATORS[..1] } else { &SEPARATORS[..] };
        for separator in tried {
            self.separator = *separator;
            let headings = self.read_headings();
            if headings.as_ref().is_ok_and(|headings| is_heading(headings.iter().map(String::as_str))) {
                return headings;
            }
            self.unread_row();
        }
        self.separator = b',';
        self.read_headings()
    }

    /// The line at the window's start, without its end, as far as it tells what kind of line it is.
    fn peek_line(&mut self) -> io::Result<String> {
        while self.input.window().len() < PEEKED
            && !self.input.window().contains(&b'\n')
            && self.input.more()?
        {}
        let window = self.input.window();
        let end = memchr(b'\n', window).unwrap_or(window.len()).min(PEEKED);
        Ok(trim_line_end(&String::from_utf8_lossy(&window[..end])).to_owned())
    }

    fn pass_line(&mut self, seen: usize) -> io::Result<()> {
        let window = self.input.window();
        let end = memchr(b'\n', window).map_or(seen.min(window.len()), |at| at + 1);
        self.input.consume(end);
        self.line += 1;
        Ok(())
    }

    fn read_headings(&mut self) -> Accepted<Vec<String>> {
        let Some(record) = self.find_record()? else {
            self.last = (self.input.position(), self.line);
            return Ok(Vec::new());
        };
        self.step(&record);
        if self.commas.len() >= MOST_COLUMNS {
            return Err(Refusal::new(
                format!("more than {MOST_COLUMNS} columns in its heading"),
                WayOut::Columns,
            ));
        }
        if let Some(fault) = record.fault {
            let problem =
                format!("line {}: a quote in the heading does not close: {}", self.last.1, fault.in_words(1));
            return Err(Refusal::new(problem, WayOut::Quote));
        }
        let header = match std::str::from_utf8(self.input.behind(record.length)) {
            Ok(header) => trim_line_end(header),
            // No header of ours: it is shown as it stands.
            _ => return Ok(vec![String::from_utf8_lossy(self.input.behind(record.length)).into_owned()]),
        };
        self.unquoted.read(header, &self.commas, &self.quoted);
        Ok(headings_of(header, &self.commas, &self.unquoted))
    }

    /// Reads rows by a heading that stands among them. Behind a broken row it may be part of that row's text, written to
    /// have the rows behind it read wrongly: these are kept as rejected.
    pub(super) fn go_on_with(&mut self, mut layout: Layout) {
        self.remarks.see_heading(self.last.1);
        if let Some(line) = self.remarks.recovered_after() {
            layout.fault = Some(format!("it may be part of the broken row of line {line}"));
        }
        self.begin_part(layout);
    }

    /// Reads rows by another heading from here on.
    pub(super) fn begin_part(&mut self, layout: Layout) {
        for (heading, column) in &layout.read {
            self.remarks.read_as(heading, *column);
        }
        self.remarks.lack_all_but(layout.columns);
        self.layout = layout;
        self.part += 1;
    }

    /// The layout of the record just stepped over, if it is a heading.
    pub(super) fn read_heading_within(&mut self, record: &Record) -> Option<Layout> {
        let is_too_large = record.length > LONGEST_ROW || self.commas.len() >= MOST_COLUMNS;
        let begins_sheet = self.remarks.has_heading_at(self.last.1);
        if record.fault.is_some() || is_too_large || !(begins_sheet || self.may_be_heading()) {
            return None;
        }
        let row = trim_line_end(std::str::from_utf8(self.input.behind(record.length)).ok()?);
        self.unquoted.read(row, &self.commas, &self.quoted);
        (begins_sheet || is_heading(Cells::new(row, &self.commas, &self.unquoted)))
            .then(|| Layout::new(&headings_of(row, &self.commas, &self.unquoted)))
    }

    /// Whether a row goes on with the heading of another file, since it has no line end of its own: whatever stands behind
    /// has other columns.
    pub(super) fn ends_with_heading(&self, record: &Record) -> bool {
        let row = self.input.behind(record.length);
        let tail = match (record.fault, self.layout.cells.checked_sub(1)) {
            // Two cells that are exactly names of columns are in no row.
            (Some(_), _) => 0,
            (None, Some(last)) if self.commas.len() > last => self.commas[last] + 1,
            _ => return false,
        };
        let Ok(tail) = std::str::from_utf8(&row[tail..]) else { return false };
        let is_column =
            |name: &&str| matches!(read_heading(name.trim_matches(['"', '\u{feff}'])), Heading::Published(_));
        tail.split(char::from(self.separator)).filter(is_column).count() > 1
    }

    /// Whether it is worth a look: a row has the cells of its heading, and where its time stands no name stands.
    fn may_be_heading(&self) -> bool {
        if self.commas.len() + 1 != self.layout.cells {
            return true;
        }
        let Some(cell) = self.layout.time_cell() else { return true };
        let start = cell.checked_sub(1).map_or(0, |before| self.commas[before] + 1);
        let row = self.input.behind(self.input.position() - self.last.0);
        let first = row[start..].iter().find(|byte| !matches!(byte, b'"' | b' '));
        first.is_some_and(|byte| !byte.is_ascii_digit())
    }

    /// Whether a record of one cell is none: it is empty, or a line that stands before a heading.
    pub(super) fn is_no_row(&self, record: &Record) -> bool {
        let line = self.input.behind(record.length).trim_ascii_end();
        line.is_empty()
            || line.starts_with(b"#TYPE")
            || separator_of(&String::from_utf8_lossy(line)).is_some()
    }
}

/// The headings, of which a quoted one keeps the blank before its quote: cells may have one too.
fn headings_of(header: &str, commas: &[usize], unquoted: &Unquoted) -> Vec<String> {
    let starts = std::iter::once(0).chain(commas.iter().map(|comma| comma + 1));
    let cells = Cells::new(header, commas, unquoted).zip(starts);
    let heading = |(cell, start): (&str, usize)| match header[start..].starts_with([' ', '\t']) {
        true if !cell.starts_with([' ', '\t']) => format!(" {cell}"),
        _ => cell.to_owned(),
    };
    cells.map(heading).collect()
}

/// The separator that a line such as `sep=;` names.
fn separator_of(line: &str) -> Option<u8> {
    let line = line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).unwrap_or(line);
    match line.as_bytes() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] => Some(*separator),
        _ => None,
    }
}
