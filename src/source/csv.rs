//! CSV exports: any published columns in any order.
//!
//! A record ends at the first line end outside quotes. The `csv` crate knows no limit to a record and cannot
//! resume inside one, so the splitting is our own: when quotes never close, or close in the wrong place, only
//! the line that they begin on is rejected and reading goes on at the next. A quote opens a quoted cell only
//! where a cell begins; elsewhere outside of quotes it is text, as it is to the `csv` crate. Source: RFC 4180.

use std::collections::HashMap;
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
    /// The columns whose headings say that their times are local.
    local_times: Vec<Column>,
    line: u64,
    /// Where the last row began, and on which line.
    last: (usize, u64),
    /// Texts of the cells of one row whose quotes had to be undone.
    unquoted: Unquoted,
    /// Where the last record's commas outside quotes are.
    commas: Vec<usize>,
    /// Which of the last record's cells are quoted, from 0.
    quoted: Vec<usize>,
    /// Where the last record's quoted cells begin that cross a line's end.
    crossing: Vec<usize>,
    given_up: GivenUp,
    extra: String,
}

const NOT_CLOSED: &str = "a quoted cell does not close";
const TEXT_BEHIND: &str = "text after a closing quote";
const REST_OF_REJECTED: &str = "the rest of a rejected row";

/// A record found in the window.
struct Record {
    /// In bytes, its line end included.
    length: usize,
    /// How many lines it takes.
    lines: u64,
    /// What is wrong with its quotes; then the record is its first line.
    fault: Option<&'static str>,
}

/// Where in a record the search stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Unquoted,
    Quoted,
    /// A quote inside a quoted cell, at this place: it closes the cell, or is the first of two.
    Quote(usize),
    /// The quotes are wrong; what is left of the first line belongs to the record.
    Spoilt(&'static str),
}

/// The search for a record's end.
struct Search {
    state: State,
    lines: u64,
    /// The length of the first line, once it ended inside of quotes.
    first_line: Option<usize>,
    /// Where the last quoted cell began.
    opening: usize,
}

impl Search {
    fn new() -> Self {
        Self { state: State::Unquoted, lines: 0, first_line: None, opening: 0 }
    }

    /// The record of which `length` bytes were searched.
    fn end(&self, length: usize) -> Record {
        let (length, lines, fault) = match (self.state, self.first_line) {
            (State::Spoilt(fault), first_line) => (first_line.unwrap_or(length), 1, Some(fault)),
            _ => (length, self.lines + 1, None),
        };
        Record { length, lines, fault }
    }

    /// The export, or what is taken of a row, ends after `record`.
    fn end_of_input(&mut self, record: &[u8]) -> Record {
        self.state = match self.state {
            State::Quoted => State::Spoilt(NOT_CLOSED),
            State::Quote(at) if !matches!(record[at + 1..], [] | [b'\r']) => State::Spoilt(TEXT_BEHIND),
            state => state,
        };
        self.end(record.len())
    }
}

/// Quoted cells that cross a line's end in rows that were given up, by their offset in the export.
///
/// They keep the reading linear. Only the first line of such a row is given up and the others are searched again;
/// whoever opens one of these cells again is rejected at once. Two searches that are both inside quotes at one
/// place opened them at the same place: a search that takes a quote for an opening has it follow a comma, which
/// another that is inside quotes there takes for the first of two, and behind the run of quotes exactly one of
/// them is inside. So each line is searched at most twice: once from its start, once from inside quotes.
#[derive(Default)]
struct GivenUp {
    cells: HashMap<u64, &'static str>,
    /// The offset of the last of them.
    last: u64,
}

impl GivenUp {
    fn add(&mut self, offset: u64, reason: &'static str) {
        self.cells.insert(offset, reason);
        self.last = self.last.max(offset);
    }

    /// Forgets all when reading is past them.
    fn pass(&mut self, offset: u64) {
        if offset > self.last {
            self.cells.clear();
        }
    }
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
            local_times: Vec::new(),
            line: 1,
            last: (0, 1),
            unquoted: Unquoted::default(),
            commas: Vec::new(),
            quoted: Vec::new(),
            crossing: Vec::new(),
            given_up: GivenUp::default(),
            extra: String::new(),
        };
        let mut headings = rows.read_headings()?;
        if headings.first().is_some_and(|first| first.starts_with("#TYPE")) {
            // Windows PowerShell's Export-Csv names a type first.
            headings = rows.read_headings()?;
        }
        let mut seen = HashMap::new();
        for name in &headings {
            rows.targets.push(match read_heading(name) {
                Heading::Published { column, local } => {
                    if local {
                        rows.local_times.push(column);
                    }
                    Target::Published(column)
                }
                Heading::Other(name) => Target::Other(tell_apart(name, &mut seen)),
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
        self.unquoted.read(header, &self.commas, &self.quoted);
        Ok(Cells::new(header, &self.commas, &self.unquoted).map(str::to_owned).collect())
    }

    /// Finds the record that the window starts with and its commas; None at the end.
    fn find_record(&mut self) -> io::Result<Option<Record>> {
        if self.input.window().is_empty() && !self.input.more()? {
            return Ok(None);
        }
        self.commas.clear();
        self.quoted.clear();
        self.crossing.clear();
        self.given_up.pass(self.offset());
        let (mut searched, mut search) = (0, Search::new());
        loop {
            while searched < self.input.window().len() {
                let mut marks = marks(&self.input.window()[searched..]);
                while marks != 0 {
                    let at = searched + marks.trailing_zeros() as usize;
                    marks &= marks - 1;
                    let is_end = match (search.state, self.input.window()[at]) {
                        (State::Unquoted, b',') => {
                            self.commas.push(at);
                            false
                        }
                        (State::Unquoted, b'\n') => true,
                        (_, byte) => self.see(&mut search, at, byte),
                    };
                    if is_end {
                        return Ok(Some(self.take_record(search.end(at + 1))));
                    }
                }
                searched = self.input.window().len().min(searched + STEP);
            }
            if searched > LONGEST_ROW || !self.input.more()? {
                let record = search.end_of_input(&self.input.window()[..searched]);
                return Ok(Some(self.take_record(record)));
            }
        }
    }

    /// Looks at a comma, quote or line feed where quotes matter. Whether the record ends here.
    fn see(&mut self, search: &mut Search, at: usize, byte: u8) -> bool {
        match (search.state, byte) {
            (State::Unquoted, b'"') if at == self.commas.last().map_or(0, |comma| comma + 1) => {
                search.opening = at;
                self.quoted.push(self.commas.len());
                let again = self.given_up.cells.get(&(self.offset() + at as u64));
                search.state = again.map_or(State::Quoted, |reason| State::Spoilt(reason));
            }
            (State::Quoted, b'"') => search.state = State::Quote(at),
            (State::Quoted, b'\n') => {
                search.lines += 1;
                search.first_line.get_or_insert(at + 1);
                if self.crossing.last() != Some(&search.opening) {
                    self.crossing.push(search.opening);
                }
            }
            (State::Quote(quote), _) => search.state = self.see_behind(quote, at, byte),
            _ => {}
        }
        match search.state {
            State::Spoilt(_) => search.first_line.is_some() || byte == b'\n',
            State::Unquoted => byte == b'\n',
            _ => false,
        }
    }

    /// What the mark after a quote inside a quoted cell makes of it.
    fn see_behind(&mut self, quote: usize, at: usize, byte: u8) -> State {
        match (&self.input.window()[quote + 1..at], byte) {
            ([], b'"') => State::Quoted,
            ([], b',') => {
                self.commas.push(at);
                State::Unquoted
            }
            ([] | [b'\r'], b'\n') => State::Unquoted,
            _ => State::Spoilt(TEXT_BEHIND),
        }
    }

    /// Remembers what a record's wrong quotes reached over.
    fn take_record(&mut self, record: Record) -> Record {
        if let Some(fault) = record.fault {
            self.commas.retain(|comma| *comma < record.length);
            self.give_up_crossing(self.offset(), fault);
        }
        record
    }

    fn give_up_crossing(&mut self, start: u64, reason: &'static str) {
        for cell in self.crossing.drain(..) {
            self.given_up.add(start + cell as u64, reason);
        }
    }

    /// Where in the export the window starts.
    fn offset(&self) -> u64 {
        self.input.bytes_read() - self.input.window().len() as u64
    }

    /// Moves past a record.
    fn step(&mut self, record: &Record) {
        self.last = (self.input.position(), self.line);
        self.line += record.lines;
        self.input.consume(record.length);
    }

    /// Splits the record just stepped over into cells, or says why it is no row.
    fn read_cells(&mut self, record: &Record) -> Result<(), String> {
        if let Some(fault) = record.fault {
            return Err(fault.to_owned());
        }
        if record.length > LONGEST_ROW {
            return Err(format!("the row is longer than {} MiB", LONGEST_ROW >> 20));
        }
        let row = simdutf8::compat::from_utf8(self.input.behind(record.length))
            .map_err(|error| format!("not UTF-8 at byte {} of the row", error.valid_up_to() + 1))?;
        self.unquoted.read(trim_line_end(row), &self.commas, &self.quoted);
        match (self.commas.len() + 1, self.targets.len()) {
            (found, expected) if found == expected => Ok(()),
            (found, expected) => Err(format!("found {found} cells, expected {expected} as in the header")),
        }
    }

    /// A quote that closes in the wrong place joins lines. Only the first of them is given up; reading goes on
    /// at the second. Gives the length of what is given up.
    fn keep_first_line(&mut self, length: usize) -> usize {
        self.give_up_crossing(self.offset() - length as u64, REST_OF_REJECTED);
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
        for column in &self.local_times {
            fields.require_zone(*column);
        }
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

/// The name under which an unpublished column is kept: the second `Name` is `Name_2`.
fn tell_apart(name: String, seen: &mut HashMap<String, usize>) -> String {
    let count = seen.entry(name.clone()).and_modify(|count| *count += 1).or_insert(1);
    if *count == 1 { name } else { format!("{name}_{count}") }
}

fn trim_line_end(row: &str) -> &str {
    let row = row.strip_suffix('\n').unwrap_or(row);
    row.strip_suffix('\r').unwrap_or(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows_of(text: &[u8], chunk: usize) -> CsvRows {
        let bytes = Box::new(io::Cursor::new(text.to_vec()));
        CsvRows::new(Input::in_chunks(bytes, chunk)).unwrap().0
    }

    /// The cells of all records behind the first that have any; None when quotes are wrong.
    fn cells(text: &str, chunk: usize) -> Option<Vec<Vec<String>>> {
        let mut rows = rows_of(text.as_bytes(), chunk);
        let mut found = Vec::new();
        while let Some(record) = rows.find_record().unwrap() {
            rows.step(&record);
            if record.fault.is_some() {
                return None;
            }
            let row = trim_line_end(std::str::from_utf8(rows.input.behind(record.length)).unwrap());
            if !row.is_empty() {
                rows.unquoted.read(row, &rows.commas, &rows.quoted);
                found.push(Cells::new(row, &rows.commas, &rows.unquoted).map(str::to_owned).collect());
            }
        }
        Some(found)
    }

    fn cells_by_csv(text: &str) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let records = reader.records().map(Result::unwrap);
        records.map(|record| record.iter().map(str::to_owned).collect()).collect()
    }

    /// Each row as `line:command line|extra`, or `line!reason<raw>`.
    fn read(text: impl AsRef<[u8]>) -> Vec<String> {
        // A few bytes at a time, so that rows cross the window's growth.
        let mut rows = rows_of(text.as_ref(), 7);
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
                format!("2!text after a closing quote<{T},\\\"half\\n>"),
                "3:whole|".to_owned(),
                "4:quoted|".to_owned(),
                "5:last|".to_owned()
            ]
        );
    }

    #[test]
    fn a_quote_inside_a_cell_without_quotes_is_text() {
        let rows = read(format!("{HEADER}{T},echo 5\" disk,a\n{T},whoami 7\" disk,\"b\"\n"));
        assert_eq!(rows, ["2:echo 5\" disk|{\"Custom\":\"a\"}", "3:whoami 7\" disk|{\"Custom\":\"b\"}"]);
    }

    #[test]
    fn text_after_a_closing_quote_costs_one_line() {
        let rows = read(format!("{HEADER}{T},\"a\"b,\n{T},\"c\",\r\n{T},\"d\nd\"e,\n{T},f,\"g\"\r"));
        assert_eq!(
            rows,
            [
                format!("2!text after a closing quote<{T},\\\"a\\\"b,\\n>"),
                "3:c|".to_owned(),
                format!("4!text after a closing quote<{T},\\\"d\\n>"),
                "5!found 2 cells, expected 4 as in the header<d\\\"e,\\n>".to_owned(),
                "6:f|{\"Custom\":\"g\"}".to_owned()
            ]
        );
    }

    #[test]
    fn two_stray_quotes_far_apart_cost_their_own_lines() {
        let row = |i: usize| {
            if i.is_multiple_of(200) { format!("{T},\"stray,\n") } else { format!("{T},whole,\n") }
        };
        let rows = read((0..300).map(row).fold(HEADER.to_owned(), |text, row| text + &row));
        let rejected: Vec<_> = rows.iter().filter(|row| row.contains('!')).map(|row| &row[..4]).collect();
        assert_eq!((rows.len(), rejected), (300, vec!["2!te", "202!"]));
    }

    #[test]
    fn lines_that_open_quotes_inside_quotes_are_not_read_over_and_over() {
        let lines = "x\",\"y\n".repeat(100_000);
        for end in ["", "z\"", "z\"z"] {
            let mut rows = rows_of(format!("{HEADER}\"{lines}{end}").as_bytes(), 1 << 20);
            let mut count = 0;
            while rows.next_row().unwrap().is_some() {
                count += 1;
            }
            assert_eq!(count, 100_000 + usize::from(!end.is_empty()), "{end}");
        }
    }

    #[test]
    fn other_columns_of_one_name_are_all_kept() {
        let rows = read(format!("{},Custom,Custom\n{T},a,1,2,3\n", HEADER.trim_end()));
        assert_eq!(rows, [r#"2:a|{"Custom":"1","Custom_2":"2","Custom_3":"3"}"#]);
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
        /// A carriage return alone is text to us and a line's end to the `csv` crate.
        #[test]
        fn cells_are_what_the_csv_crate_reads(parts in proptest::collection::vec(
            proptest::sample::select(vec!["\"", ",", "\n", "\r\n", "a", "x", "\"\"", ",\"", "\","]), 0..24))
        {
            let text = format!("h\n{}", parts.concat());
            let whole = cells(&text, 1 << 20);
            for chunk in [1, 2, 7] {
                proptest::prop_assert_eq!(&cells(&text, chunk), &whole);
            }
            if let Some(whole) = whole {
                proptest::prop_assert_eq!(whole, cells_by_csv(&text));
            }
        }

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
