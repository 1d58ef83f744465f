//! CSV exports: any published columns in any order.
//!
//! A record ends at the first line end outside quotes. The `csv` crate knows no limit to a record and cannot
//! resume inside one, so the splitting is our own: when quotes never close, or close in the wrong place, only
//! the line that they begin on is rejected and reading goes on at the next. Source: RFC 4180.

use std::io;

use memchr::memchr;

use super::cells::{Cells, Unquoted};
use super::scan::{STEP, marks};
use super::{Heading, Input, LONGEST_ROW, ReadRows, Row, read_heading, write_extra};
use crate::event::{Column, Fields};

/// What a cell's column means, by position.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Published(Column),
    Other(String),
    Dropped,
}

/// Reads the rows of a CSV export.
pub struct CsvRows {
    input: Input,
    targets: Vec<Target>,
    zone_required: bool,
    line: u64,
    /// Where the last row began, and on which line.
    last: (usize, u64),
    /// Texts of the cells of one row whose quotes had to be undone.
    unquoted: Unquoted,
    /// Where the last record's commas outside quotes are.
    commas: Vec<usize>,
    extra: String,
}

/// A record found in the window.
struct Record {
    /// In bytes, its line end included.
    length: usize,
    /// How many lines it takes.
    lines: u64,
    /// Whether a quote does not close; then the record is its first line.
    is_open: bool,
    has_quotes: bool,
}

impl CsvRows {
    /// Reads the header, and gives the reader and the headings.
    ///
    /// # Errors
    /// The reader's own.
    pub fn new(input: Input) -> io::Result<(Self, Vec<String>)> {
        let mut rows = Self {
            input,
            targets: Vec::new(),
            zone_required: false,
            line: 1,
            last: (0, 1),
            unquoted: Unquoted::default(),
            commas: Vec::new(),
            extra: String::new(),
        };
        let mut headings = rows.read_headings()?;
        if headings.first().is_some_and(|first| first.starts_with("#TYPE")) {
            // Windows PowerShell's Export-Csv names a type first.
            headings = rows.read_headings()?;
        }
        for name in &headings {
            rows.targets.push(match read_heading(name) {
                Heading::Published { column, local } => {
                    rows.zone_required |= local;
                    Target::Published(column)
                }
                Heading::Other(name) => Target::Other(name),
                Heading::Nameless => Target::Dropped,
            });
        }
        Ok((rows, headings))
    }

    /// The published columns that the header names, in its order.
    pub fn columns(&self) -> impl Iterator<Item = Column> {
        self.targets.iter().filter_map(|target| match target {
            Target::Published(column) => Some(*column),
            _ => None,
        })
    }

    fn read_headings(&mut self) -> io::Result<Vec<String>> {
        let Some(record) = self.find_record()? else { return Ok(Vec::new()) };
        self.step(&record);
        let header = String::from_utf8_lossy(self.input.behind(record.length)).into_owned();
        let header = trim_line_end(&header);
        self.unquoted.read(header, &self.commas);
        Ok(Cells::new(header, &self.commas, &self.unquoted).map(str::to_owned).collect())
    }

    /// Finds the record that the window starts with and its commas; None at the end.
    fn find_record(&mut self) -> io::Result<Option<Record>> {
        if self.input.window().is_empty() && !self.input.more()? {
            return Ok(None);
        }
        self.commas.clear();
        let (mut searched, mut in_quotes, mut has_quotes, mut lines, mut first_line) =
            (0, false, false, 0, None);
        loop {
            let window = self.input.window();
            while searched < window.len() {
                let mut marks = marks(&window[searched..]);
                while marks != 0 {
                    let at = searched + marks.trailing_zeros() as usize;
                    marks &= marks - 1;
                    match window[at] {
                        b'"' => (in_quotes, has_quotes) = (!in_quotes, true),
                        b',' if !in_quotes => self.commas.push(at),
                        b'\n' if !in_quotes => {
                            return Ok(Some(Record {
                                length: at + 1,
                                lines: lines + 1,
                                is_open: false,
                                has_quotes,
                            }));
                        }
                        b'\n' => {
                            lines += 1;
                            first_line.get_or_insert(at + 1);
                        }
                        _ => {}
                    }
                }
                searched = window.len().min(searched + STEP);
            }
            if searched <= LONGEST_ROW && self.input.more()? {
                continue;
            }
            return Ok(Some(match first_line.filter(|_| in_quotes) {
                Some(length) => Record { length, lines: 1, is_open: true, has_quotes },
                None => Record { length: searched, lines, is_open: in_quotes, has_quotes },
            }));
        }
    }

    /// Moves past a record.
    fn step(&mut self, record: &Record) {
        self.last = (self.input.position(), self.line);
        self.line += record.lines;
        self.input.consume(record.length);
    }

    /// Splits the record just stepped over into cells, or says why it is no row.
    fn read_cells(&mut self, record: &Record) -> Result<(), String> {
        if record.is_open {
            return Err("a quoted cell does not close".to_owned());
        }
        if record.length > LONGEST_ROW {
            return Err(format!("the row is longer than {} MiB", LONGEST_ROW >> 20));
        }
        let row = simdutf8::compat::from_utf8(self.input.behind(record.length))
            .map_err(|error| format!("not UTF-8 at byte {} of the row", error.valid_up_to() + 1))?;
        self.unquoted.clear();
        if record.has_quotes {
            self.unquoted.read(trim_line_end(row), &self.commas);
        }
        match (self.commas.len() + 1, self.targets.len()) {
            (found, expected) if found == expected => Ok(()),
            (found, expected) => Err(format!("found {found} cells, expected {expected} as in the header")),
        }
    }

    /// A quote that closes in the wrong place joins lines. Only the first of them is given up; reading goes on
    /// at the second. Gives the length of what is given up.
    fn keep_first_line(&mut self, length: usize) -> usize {
        let Some(end) = memchr(b'\n', self.input.behind(length)) else { return length };
        let (start, line) = self.last;
        self.input.rewind(start + end + 1);
        self.line = line + 1;
        end + 1
    }
}

impl ReadRows for CsvRows {
    fn next_row(&mut self) -> io::Result<Option<Row<'_>>> {
        let record = loop {
            let Some(record) = self.find_record()? else { return Ok(None) };
            self.step(&record);
            if !matches!(self.input.behind(record.length), b"\n" | b"\r\n" | b"\r") {
                break record;
            }
        };
        let line = self.last.1;
        if let Err(reason) = self.read_cells(&record) {
            let length = self.keep_first_line(record.length);
            return Ok(Some(Row::Rejected { line, reason, raw: self.input.behind(length) }));
        }
        let raw = self.input.behind(record.length);
        let row = trim_line_end(simdutf8::basic::from_utf8(raw).unwrap_or_default());
        let mut fields = Fields::default();
        fields.zone_required = self.zone_required;
        let mut others = Vec::new();
        for (text, target) in Cells::new(row, &self.commas, &self.unquoted).zip(&self.targets) {
            match target {
                Target::Published(column) => fields.set(*column, text),
                Target::Other(name) => others.push((name.clone(), text.to_owned())),
                Target::Dropped => {}
            }
        }
        self.extra = write_extra(&mut others);
        fields.extra = &self.extra;
        Ok(Some(match fields.to_event() {
            Ok(event) => Row::Event { line, event },
            Err(fault) => Row::Rejected { line, reason: fault.to_string(), raw },
        }))
    }

    fn unread_row(&mut self) {
        let (start, line) = self.last;
        self.input.rewind(start);
        self.line = line;
    }

    fn input(&mut self) -> &mut Input {
        &mut self.input
    }
}

fn trim_line_end(row: &str) -> &str {
    let row = row.strip_suffix('\n').unwrap_or(row);
    row.strip_suffix('\r').unwrap_or(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row as `line:command line|extra`, or `line!reason<raw>`.
    fn read(text: impl AsRef<[u8]>) -> Vec<String> {
        let bytes = Box::new(io::Cursor::new(text.as_ref().to_vec()));
        // A few bytes at a time, so that rows cross the window's growth.
        let (mut rows, _) = CsvRows::new(Input::in_chunks(bytes, 7)).unwrap();
        let mut found = Vec::new();
        while let Some(row) = rows.next_row().unwrap() {
            found.push(match row {
                Row::Event { line, event } => {
                    format!("{line}:{}|{}", event.created.command_line, event.extra)
                }
                Row::Rejected { line, reason, raw } => {
                    format!("{line}!{reason}<{}>", String::from_utf8_lossy(raw).escape_debug())
                }
                Row::OtherTable => "other".to_owned(),
            });
        }
        found
    }

    const HEADER: &str = "Timestamp,DeviceId,ProcessCommandLine,Custom\n";
    const T: &str = "2026-05-03T00:00:00Z,d1";

    #[test]
    fn cells_are_unquoted_and_other_columns_kept() {
        let rows = read(format!(
            "{HEADER}{T},\"\"\"cmd.exe\"\" /c a,b\",\r\n\r\n{T},\"two\nlines\",\"=1\"\n{T}, blanks ,x\n{T},,"
        ));
        assert_eq!(
            rows,
            [
                "2:\"cmd.exe\" /c a,b|",
                "4:two\nlines|{\"Custom\":\"=1\"}",
                "6: blanks |{\"Custom\":\"x\"}",
                "7:|"
            ]
        );
    }

    #[test]
    fn half_a_row_at_the_end_is_rejected_with_its_text() {
        assert_eq!(
            read(format!("{HEADER}{T},a,b\n2026-05-03T00:0")),
            ["2:a|{\"Custom\":\"b\"}", "3!found 1 cells, expected 4 as in the header<2026-05-03T00:0>"]
        );
        assert_eq!(
            read(format!("{HEADER}{T},\"never closed")),
            [format!("2!a quoted cell does not close<{T},\\\"never closed>")]
        );
    }

    #[test]
    fn a_quote_that_never_closes_costs_one_line() {
        let rows = read(format!("{HEADER}{T},\"half\n{T},whole,\n{T},\"quoted\",\n{T},last,\n"));
        assert_eq!(
            rows,
            [
                format!("2!a quoted cell does not close<{T},\\\"half\\n>"),
                "3:whole|".to_owned(),
                "4:quoted|".to_owned(),
                "5:last|".to_owned()
            ]
        );
    }

    #[test]
    fn a_row_that_is_no_event_says_why() {
        assert_eq!(
            read(format!("{HEADER}yesterday,d1,a,b\n{T},a,b\n")),
            [
                "2!Timestamp: \"yesterday\" is not an ISO 8601 time such as 2026-05-03T06:40:13.988Z<yesterday,d1,a,b\\n>",
                "3:a|{\"Custom\":\"b\"}"
            ]
        );
        let mut bad = format!("{HEADER}{T},").into_bytes();
        bad.extend(b"\xff,b\n");
        assert!(read(bad)[0].starts_with("2!not UTF-8 at byte 25 of the row"), "a byte that is not UTF-8");
    }

    #[test]
    fn a_row_longer_than_the_limit_is_rejected_and_reading_goes_on() {
        let long = "x".repeat(LONGEST_ROW + 10);
        let (mut rows, _) = CsvRows::new(Input::new(Box::new(io::Cursor::new(
            format!("{HEADER}{T},{long},\n{T},after,\n").into_bytes(),
        ))))
        .unwrap();
        let mut reasons = Vec::new();
        while let Some(row) = rows.next_row().unwrap() {
            if let Row::Rejected { reason, .. } = row {
                reasons.push(reason);
            }
        }
        assert_eq!(reasons.first().map(String::as_str), Some("the row is longer than 16 MiB"));
    }

    #[test]
    fn a_row_can_be_unread() {
        let text = format!("{HEADER}{T},a,\n{T},b,\n");
        let (mut rows, _) = CsvRows::new(Input::new(Box::new(io::Cursor::new(text.into_bytes())))).unwrap();
        let mut line_of = |unread: bool| {
            let line = match rows.next_row().unwrap() {
                Some(Row::Event { line, .. }) => Some(line),
                _ => None,
            };
            if unread {
                rows.unread_row();
            }
            line
        };
        assert_eq!(
            [line_of(true), line_of(false), line_of(false), line_of(false)],
            [Some(2), Some(2), Some(3), None]
        );
    }

    #[test]
    fn a_powershell_type_line_is_passed_over() {
        assert_eq!(read(format!("#TYPE Selected\r\n{HEADER}{T},a,\n")), ["3:a|"]);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(proptest::sample::select(b"\",\n\rax\xc3\xa9".to_vec()), 0..200)) {
            let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
            let rows = read([HEADER.as_bytes(), &bytes].concat());
            proptest::prop_assert!(rows.len() <= lines);
        }

        #[test]
        fn what_the_csv_crate_writes_reads_back(commands in proptest::collection::vec("[ -~\n\"é,]{0,40}", 1..8)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(["Timestamp", "DeviceId", "ProcessCommandLine"]).unwrap();
            for command in &commands {
                writer.write_record(["2026-05-03T00:00:00Z", "d1", command]).unwrap();
            }
            let text = writer.into_inner().unwrap();
            let read: Vec<String> = read(text)
                .iter()
                .map(|row| row.split_once(':').unwrap().1.strip_suffix('|').unwrap().to_owned())
                .collect();
            proptest::prop_assert_eq!(read, commands);
        }
    }
}
