//! CSV exports: any published columns in any order.
//!
//! A record ends at the first line end outside quotes. The `csv` crate knows no limit to a record and cannot
//! resume inside one, so the splitting is our own: when quotes never close, or close in the wrong place, only
//! the line that they begin on is rejected and reading goes on at the next. A quote opens a quoted cell only
//! where a cell begins; elsewhere outside of quotes it is text, as it is to the `csv` crate. Source: RFC 4180.

use std::collections::HashMap;
use std::io;
use std::ops::Range;

use memchr::memchr;

use super::cells::{Cells, Unquoted};
use super::scan::{Marks, STEP, marks};
use super::{Heading, Input, LONGEST_ROW, ReadRows, Row, read_heading, write_extra};
use crate::event::{Column, Fields, Part, Texts};

/// Where the columns stand in each row, by cells from 0.
#[derive(Debug)]
struct Layout {
    cells: usize,
    published: [Option<usize>; Column::COUNT],
    /// By part: the cells that make it up, as runs of neighbours.
    parts: [Vec<Range<usize>>; Part::ALL.len()],
    /// The unpublished columns with their names.
    others: Vec<(usize, String)>,
    /// The columns whose headings say that their times are local.
    local_times: Vec<Column>,
}

impl Layout {
    fn new(headings: &[String]) -> Self {
        let mut published = [None; Column::COUNT];
        let (mut others, mut local_times, mut seen) = (Vec::new(), Vec::new(), HashMap::new());
        for (cell, name) in headings.iter().enumerate() {
            match read_heading(name) {
                Heading::Published { column, local } => {
                    if local {
                        local_times.push(column);
                    }
                    published[column as usize] = Some(cell);
                }
                Heading::Other(name) => others.push((cell, tell_apart(name, &mut seen))),
                Heading::Nameless => {}
            }
        }
        let parts = Part::ALL.map(|part| {
            let cells = part.columns().filter_map(|column| published[column as usize]);
            runs_of(cells.collect())
        });
        Self { cells: headings.len(), published, parts, others, local_times }
    }
}

/// The runs of neighbours in a list of numbers, in ascending order.
fn runs_of(mut cells: Vec<usize>) -> Vec<Range<usize>> {
    cells.sort_unstable();
    let mut runs: Vec<Range<usize>> = Vec::new();
    for cell in cells {
        match runs.last_mut() {
            Some(run) if run.end == cell => run.end += 1,
            _ => runs.push(cell..cell + 1),
        }
    }
    runs
}

/// Reads the rows of a CSV export.
pub struct CsvRows {
    input: Input,
    layout: Layout,
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
    /// The length of the row handed out, without its line end.
    length: usize,
    /// How many bytes its line end takes.
    line_end: usize,
    extra: String,
}

/// Begins what identifies a part by its bytes in the row, which other readers do not.
const AS_IT_STANDS: u8 = 1;
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
            layout: Layout::new(&[]),
            line: 1,
            last: (0, 1),
            unquoted: Unquoted::default(),
            commas: Vec::new(),
            quoted: Vec::new(),
            crossing: Vec::new(),
            given_up: GivenUp::default(),
            length: 0,
            line_end: 0,
            extra: String::new(),
        };
        let mut headings = rows.read_headings()?;
        if headings.first().is_some_and(|first| first.starts_with("#TYPE")) {
            // Windows PowerShell's Export-Csv names a type first.
            headings = rows.read_headings()?;
        }
        rows.layout = Layout::new(&headings);
        Ok((rows, headings))
    }

    fn read_headings(&mut self) -> io::Result<Vec<String>> {
        let Some(record) = self.find_record()? else { return Ok(Vec::new()) };
        self.step(&record);
        let header = match std::str::from_utf8(self.input.behind(record.length)) {
            Ok(header) if record.fault.is_none() => trim_line_end(header),
            // No header of ours: it is shown as it stands.
            _ => return Ok(vec![String::from_utf8_lossy(self.input.behind(record.length)).into_owned()]),
        };
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
                let Marks { mut commas, others } = marks(&self.input.window()[searched..]);
                if others == 0 && search.state == State::Unquoted {
                    while commas != 0 {
                        self.commas.push(searched + commas.trailing_zeros() as usize);
                        commas &= commas - 1;
                    }
                    searched = self.input.window().len().min(searched + STEP);
                    continue;
                }
                let mut marks = commas | others;
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
            self.quoted.retain(|cell| *cell <= self.commas.len());
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
        let trimmed = trim_line_end(row);
        (self.length, self.line_end) = (trimmed.len(), row.len() - trimmed.len());
        self.unquoted.read(trimmed, &self.commas, &self.quoted);
        match (self.commas.len() + 1, self.layout.cells) {
            (found, expected) if found == expected => Ok(()),
            (found, expected) => Err(format!("found {found} cells, expected {expected} as in the header")),
        }
    }

    /// Where the text of a cell of the row handed out begins and ends.
    fn place(&self, cell: usize) -> Range<usize> {
        let start = cell.checked_sub(1).map_or(0, |before| self.commas[before] + 1);
        start..self.commas.get(cell).copied().unwrap_or(self.length)
    }

    /// The row handed out, without its line end.
    fn row(&self) -> &[u8] {
        &self.input.behind(self.length + self.line_end)[..self.length]
    }

    fn cell(&self, cell: usize) -> &str {
        // The row is UTF-8, and commas are no part of longer characters.
        simdutf8::basic::from_utf8(self.cell_bytes(cell)).unwrap_or_default()
    }

    fn cell_bytes(&self, cell: usize) -> &[u8] {
        let place = self.place(cell);
        match self.unquoted.get(place.start) {
            Some(text) => text.as_bytes(),
            None => &self.row()[place],
        }
    }

    fn read_extra(&mut self) {
        let others = self.layout.others.iter();
        let mut pairs = others.map(|(cell, name)| (name.clone(), self.cell(*cell).to_owned())).collect();
        self.extra = write_extra(&mut pairs);
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
        if !self.layout.others.is_empty() {
            self.read_extra();
        }
        let mut fields = Fields::new(&*self, &self.extra);
        for column in &self.layout.local_times {
            fields.require_zone(*column);
        }
        Ok(Some(Row::Event { line, fields, raw: self.input.behind(record.length) }))
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

impl Texts for CsvRows {
    fn text(&self, column: Column) -> &str {
        self.layout.published[column as usize].map_or("", |cell| self.cell(cell))
    }

    fn bytes(&self, column: Column) -> &[u8] {
        self.layout.published[column as usize].map_or(&[], |cell| self.cell_bytes(cell))
    }

    /// The cells as they stand in the row: so they say where each of them ends.
    fn identify(&self, part: Part, bytes: &mut Vec<u8>) {
        bytes.push(AS_IT_STANDS);
        for run in &self.layout.parts[part as usize] {
            let place = self.place(run.start).start..self.place(run.end - 1).end;
            bytes.extend_from_slice(&self.row()[place]);
            bytes.push(b',');
        }
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
mod tests;
