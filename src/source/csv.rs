//! CSV exports: any published columns in any order.
//!
//! A record ends at the first line end outside quotes. The `csv` crate knows no limit to a record and cannot
//! resume inside one, so the splitting is our own: when quotes close in the wrong place, only the line that they
//! begin on is rejected and reading goes on at the next. From there on, and behind a row with too few cells, each row is
//! one that was *recovered*: what the broken cell held may go on in it, and whoever wrote the cell may have made it look
//! like a row. A heading there is not believed. Nothing is recovered
//! where a quoted cell does not close and the file ends in the middle of a row: an export that was cut inside its last
//! cell has no rows behind it. A quote opens a quoted cell only where a cell begins; elsewhere outside of quotes it is text, as it is to
//! the `csv` crate. Source: RFC 4180.
//!
//! A heading may stand among the rows, where files were put together: what follows is read by it.

mod header;
mod layout;
mod own;
mod search;

use std::io;
use std::ops::Range;

use memchr::{memchr, memchr_iter, memmem, memrchr};

use self::layout::Layout;
pub use self::layout::is_heading;
use self::own::without_guard;
use self::search::{Fault, GivenUp, Record, Search, State};
use super::cells::Unquoted;
use super::refusal::{Accepted, Refusal};
use super::scan::{Marks, STEP, marks};
use super::sheet::Sheets;
use super::tables::owner_by_name;
use super::{HEAD, Input, LONGEST_ROW, ReadRows, Remarks, Row, write_extra};
use crate::error::WayOut;
use crate::event::{Column, ColumnSet, Fields, Part, Texts};

/// Reads the rows of a CSV export.
pub struct CsvRows {
    input: Input,
    separator: u8,
    /// Whether the text is one of ours, a record for each row of a sheet: then the lines that are counted are records, and none
    /// is broken.
    is_of_records: bool,
    layout: Layout,
    /// Which heading the layout is of, counted from 0: rows say the same by the same bytes under one heading only.
    part: u64,
    remarks: Remarks,
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
    /// The row handed out, without its line end. Kept, since what is known to be UTF-8 is cut anywhere at no cost.
    text: String,
    extra: String,
    /// The start of a row that was too long.
    head: Vec<u8>,
}

/// Begins what identifies a part by its bytes in the row, which other readers do not.
const AS_IT_STANDS: u8 = 1;
/// What editors of Windows, and PowerShell, put before a text.
const BOM: &[u8] = b"\xef\xbb\xbf";

impl CsvRows {
    /// Reads the header. The separator is the comma, or another that makes a header of ours of the first line.
    ///
    /// # Errors
    /// The reader's own, or what is wrong with the header.
    pub fn new(input: Input) -> Accepted<Self> {
        Self::open(input, false)
    }

    /// Reads a text that was written of records, with commas and an empty line for an empty record. What it calls a line is
    /// a record, however many lines a cell has.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn of_records(input: Input) -> Accepted<Self> {
        Self::open(input, true)
    }

    fn open(input: Input, is_of_records: bool) -> Accepted<Self> {
        let mut rows = Self {
            input,
            separator: b',',
            is_of_records,
            layout: Layout::of_header(),
            part: 0,
            remarks: Remarks::default(),
            line: 1,
            last: (0, 1),
            unquoted: Unquoted::default(),
            commas: Vec::new(),
            quoted: Vec::new(),
            crossing: Vec::new(),
            given_up: GivenUp::default(),
            text: String::new(),
            extra: String::new(),
            head: Vec::new(),
        };
        let headings = rows.read_header()?;
        rows.begin_part(Layout::new(&headings));
        match rows.layout.fault.take() {
            Some(fault) => Err(Refusal::new(fault, WayOut::Columns)),
            None => Ok(rows),
        }
    }

    /// The same rows, which are those of a workbook's sheets.
    pub fn with_sheets(mut self, sheets: Sheets) -> Self {
        self.remarks.are_of(sheets);
        self
    }

    /// The headings that rows are read by, as they stand.
    pub fn headings(&self) -> &[String] {
        &self.layout.headings
    }

    /// The other table that the headings are of; `""` where they may be ours.
    pub fn table_of_headings(&self) -> &'static str {
        self.layout.table
    }

    /// Whether a column names the table of each row.
    pub fn names_tables(&self) -> bool {
        !self.layout.tables.is_empty()
    }

    /// Finds the record that the window starts with and its commas; None at the end.
    fn find_record(&mut self) -> io::Result<Option<Record>> {
        if self.input.window().is_empty() && !self.input.more()? {
            return Ok(None);
        }
        self.commas.clear();
        self.quoted.clear();
        self.crossing.clear();
        self.given_up.pass(self.input.offset());
        let (mut searched, mut search) = (0, Search::new());
        loop {
            while searched < self.input.window().len() {
                let Marks { separators: mut commas, others } =
                    marks(&self.input.window()[searched..], self.separator);
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
                        (State::Unquoted, byte) if byte == self.separator => {
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
            let is_too_long = searched > LONGEST_ROW;
            if is_too_long || !self.input.more()? {
                let is_cut = !is_too_long && search.state == State::Quoted && self.is_cut();
                let record = search.end_of_input(&self.input.window()[..searched], is_cut);
                return Ok(Some(self.take_record(record)));
            }
        }
    }

    /// Looks at a comma, quote or line feed where quotes matter. Whether the record ends here.
    fn see(&mut self, search: &mut Search, at: usize, byte: u8) -> bool {
        match (search.state, byte) {
            (State::Unquoted, b'"') if self.begins_cell(at) => {
                search.opening = at;
                self.quoted.push(self.commas.len());
                let again = self.given_up.cells.get(&(self.input.offset() + at as u64));
                search.state = again.map_or(State::Quoted, |fault| State::Spoilt(*fault));
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

    /// Whether the export, which ends behind the window, was cut off: one that was not ends with a row and its line's end.
    fn is_cut(&self) -> bool {
        let Some(lines) = self.input.window().strip_suffix(b"\n") else { return true };
        let last_line = memrchr(b'\n', lines).map_or(lines, |at| &lines[at + 1..]);
        memchr_iter(self.separator, last_line).count() + 1 < self.layout.cells
    }

    /// Whether a cell begins at this place of the window, or blanks that say nothing stand before it.
    fn begins_cell(&self, at: usize) -> bool {
        let start = self.commas.last().map_or(0, |comma| comma + 1);
        at == start || self.layout.has_blanks && is_blank(&self.input.window()[start..at])
    }

    /// What the mark after a quote inside a quoted cell makes of it.
    fn see_behind(&mut self, quote: usize, at: usize, byte: u8) -> State {
        let between = &self.input.window()[quote + 1..at];
        let is_nothing = between.is_empty() || self.layout.has_blanks && is_blank(between);
        match between {
            [] if byte == b'"' => State::Quoted,
            _ if is_nothing && byte == self.separator => {
                self.commas.push(at);
                State::Unquoted
            }
            [b'\r'] if byte == b'\n' => State::Unquoted,
            _ if is_nothing && byte == b'\n' => State::Unquoted,
            _ => State::Spoilt(Fault::TextBehind),
        }
    }

    /// Remembers what a record's wrong quotes reached over.
    fn take_record(&mut self, record: Record) -> Record {
        if let Some(fault) = record.fault {
            self.commas.retain(|comma| *comma < record.length);
            self.quoted.retain(|cell| *cell <= self.commas.len());
            self.give_up_crossing(self.input.offset(), fault);
        }
        record
    }

    fn give_up_crossing(&mut self, start: u64, fault: Fault) {
        for cell in self.crossing.drain(..) {
            self.given_up.add(start + cell as u64, fault);
        }
    }

    /// Moves past a record.
    fn step(&mut self, record: &Record) {
        self.last = (self.input.position(), self.line);
        self.line += if self.is_of_records { 1 } else { record.lines };
        self.input.consume(record.length);
    }

    /// Splits the record just stepped over into cells, or says why it is no row.
    fn read_cells(&mut self, record: &Record) -> Result<(), String> {
        if let Some(fault) = record.fault {
            return Err(fault.in_words(record.lines));
        }
        if let Some(fault) = &self.layout.fault {
            return Err(format!("behind a heading that cannot be read: {fault}"));
        }
        if record.length > LONGEST_ROW {
            return Err(format!("the row is longer than {} MiB", LONGEST_ROW >> 20));
        }
        let row = simdutf8::compat::from_utf8(self.input.behind(record.length))
            .map_err(|error| format!("not UTF-8 at byte {} of the row", error.valid_up_to() + 1))?;
        let trimmed = trim_line_end(row);
        self.unquoted.read(trimmed, &self.commas, &self.quoted);
        self.text.clear();
        self.text.push_str(trimmed);
        match (self.commas.len() + 1, self.layout.cells) {
            (found, expected) if found == expected => Ok(()),
            (found, expected) => Err(format!("found {found} cells, expected {expected} as in the header")),
        }
    }

    /// Where the text of a cell of the row handed out begins and ends.
    fn place(&self, cell: usize) -> Range<usize> {
        let start = cell.checked_sub(1).map_or(0, |before| self.commas[before] + 1);
        start..self.commas.get(cell).copied().unwrap_or(self.text.len())
    }

    fn cell(&self, cell: usize) -> &str {
        let place = self.place(cell);
        let text = match self.unquoted.get(place.start) {
            Some(text) => text,
            None if self.layout.has_blanks && self.layout.blanks[cell] => self.text[place].trim_ascii(),
            None => &self.text[place],
        };
        if self.layout.is_own { without_guard(text) } else { text }
    }

    fn read_extra(&mut self) {
        let others = self.layout.others.iter();
        let mut pairs = others.map(|(cell, name)| (name.clone(), self.cell(*cell).to_owned())).collect();
        self.extra = write_extra(&mut pairs);
    }

    /// Passes a byte order mark that stands before a row, where files were put together.
    fn pass_mark(&mut self) -> io::Result<()> {
        while self.input.window().len() < BOM.len() && self.input.more()? {}
        if self.input.window().starts_with(BOM) {
            self.input.consume(BOM.len());
        }
        Ok(())
    }

    /// A file whose last row has no line end joins it with the first line of the next. A byte order mark tells them
    /// apart.
    fn split_at_mark(&mut self, record: Record) -> Record {
        let is_one_line = record.fault.is_none() && record.lines == 1;
        if self.is_of_records || !is_one_line || self.commas.len() < self.layout.cells {
            return record;
        }
        let Some(at) = memmem::find(self.input.behind(record.length), BOM) else { return record };
        // In a quoted cell it is text, whoever wrote it.
        let cell = self.commas.iter().filter(|comma| **comma < at).count();
        if at == 0 || self.quoted.contains(&cell) {
            return record;
        }
        let (start, line) = self.last;
        self.input.rewind(start + at);
        self.line = line;
        self.commas.retain(|comma| *comma < at);
        self.quoted.retain(|cell| *cell <= self.commas.len());
        Record { length: at, ..record }
    }

    /// A quote that closes in the wrong place joins lines. Only the first of them is given up; reading goes on
    /// at the second. Gives the length of what is given up.
    fn keep_first_line(&mut self, length: usize) -> usize {
        self.give_up_crossing(self.input.offset() - length as u64, Fault::RestOfRejected);
        let Some(end) = memchr(b'\n', self.input.behind(length)) else { return length };
        let (start, line) = self.last;
        self.input.rewind(start + end + 1);
        self.line = line + 1;
        end + 1
    }

    /// Keeps the start of a line that is too long, of which so many bytes were stepped over, and passes the rest of it.
    fn pass_long_line(&mut self, length: usize) -> io::Result<()> {
        let line = self.input.behind(length);
        self.head = line[..HEAD].to_vec();
        let mut is_over = line.ends_with(b"\n");
        while !is_over && (!self.input.window().is_empty() || self.input.more()?) {
            let end = memchr(b'\n', self.input.window());
            self.input.consume(end.map_or(self.input.window().len(), |end| end + 1));
            is_over = end.is_some();
        }
        Ok(())
    }
}

impl ReadRows for CsvRows {
    fn next_row(&mut self) -> io::Result<Option<Row<'_>>> {
        let record = loop {
            if self.input.window().is_empty() && !self.input.more()? {
                return Ok(None);
            }
            if self.input.window().starts_with(&BOM[..1]) {
                self.pass_mark()?;
            }
            let Some(record) = self.find_record()? else { return Ok(None) };
            self.step(&record);
            let record = self.split_at_mark(record);
            if self.commas.is_empty() && self.is_no_row(&record) {
                continue;
            }
            match self.read_heading_within(&record) {
                Some(layout) => self.go_on_with(layout),
                None => break record,
            }
        };
        let line = self.last.1;
        if let Err(reason) = self.read_cells(&record) {
            if self.is_of_records {
                return Ok(Some(Row::Rejected { line, reason, raw: self.input.behind(record.length) }));
            }
            if self.ends_with_heading(&record) {
                self.layout.fault =
                    Some(format!("it stands behind the row of line {line}, which has no line end"));
            }
            let is_short = self.commas.len() + 1 < self.layout.cells;
            if record.fault.is_some() || record.lines > 1 || is_short {
                self.remarks.recover_after(line);
            }
            let length = match record.fault {
                Some(Fault::CutOff) => record.length,
                _ => self.keep_first_line(record.length),
            };
            if length > LONGEST_ROW {
                self.pass_long_line(length)?;
                return Ok(Some(Row::Rejected { line, reason, raw: &self.head }));
            }
            return Ok(Some(Row::Rejected { line, reason, raw: self.input.behind(length) }));
        }
        if !self.layout.others.is_empty() {
            self.read_extra();
        }
        if let Some(reason) = self.choose_report_id() {
            return Ok(Some(Row::Rejected { line, reason, raw: self.input.behind(record.length) }));
        }
        let fields = Fields::new(&*self, &self.extra)
            .with_columns(self.layout.columns)
            .with_part(self.part)
            .with_zones(self.layout.local_times, self.layout.utc_times);
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

    fn remarks(&self) -> &Remarks {
        &self.remarks
    }

    fn columns(&self) -> ColumnSet {
        self.layout.columns
    }

    fn other_columns(&self) -> Vec<String> {
        self.layout.others.iter().map(|(_, name)| name.clone()).collect()
    }

    fn read_otherwise(&self) -> Vec<(String, Column)> {
        self.layout.read.clone()
    }

    fn separator(&self) -> Option<char> {
        Some(self.separator.into())
    }
}

impl Texts for CsvRows {
    fn text(&self, column: Column) -> &str {
        self.layout.published[column as usize].map_or("", |cell| self.cell(cell))
    }

    fn table(&self) -> &str {
        let mut named = self.layout.tables.iter().map(|cell| self.cell(*cell));
        named.find(|name| owner_by_name(name).is_some()).unwrap_or(self.layout.table)
    }

    /// The cells as they stand in the row: so they say where each of them ends.
    fn identify(&self, part: Part, bytes: &mut Vec<u8>) {
        bytes.push(AS_IT_STANDS);
        bytes.extend(self.part.to_le_bytes());
        for run in &self.layout.parts[part as usize] {
            let place = self.place(run.start).start..self.place(run.end - 1).end;
            bytes.extend_from_slice(&self.text.as_bytes()[place]);
            bytes.push(self.separator);
        }
    }
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' ' | b'\t'))
}

fn trim_line_end(row: &str) -> &str {
    let row = row.strip_suffix('\n').unwrap_or(row);
    row.strip_suffix('\r').unwrap_or(row)
}

#[cfg(test)]
mod tests;
