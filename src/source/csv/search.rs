//! The search for a record's end, and what was given up on the way.

use std::collections::HashMap;

/// Why a record is no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    NotClosed,
    /// The same, and the file was cut off inside of it: whatever stands behind is the cell's text.
    CutOff,
    TextBehind,
    RestOfRejected,
}

impl Fault {
    /// In words; `lines`: how many lines the record takes.
    pub fn in_words(self, lines: u64) -> String {
        match self {
            Self::NotClosed => "a quoted cell does not close".to_owned(),
            Self::CutOff if lines == 1 => "a quoted cell does not close before the file ends".to_owned(),
            Self::CutOff => format!(
                "a quoted cell does not close before the file ends: its {lines} lines were read as no rows"
            ),
            Self::TextBehind => "text after a closing quote".to_owned(),
            Self::RestOfRejected => "the rest of a rejected row".to_owned(),
        }
    }
}

/// A record found in the window.
pub struct Record {
    /// In bytes, its line end included.
    pub length: usize,
    /// How many lines it takes.
    pub lines: u64,
    /// What is wrong with its quotes; then the record is its first line, or all that is left of a file that is cut off.
    pub fault: Option<Fault>,
}

/// Where in a record the search stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Unquoted,
    Quoted,
    /// A quote inside a quoted cell, at this place: it closes the cell, or is the first of two.
    Quote(usize),
    /// The quotes are wrong; what is left of the first line belongs to the record.
    Spoilt(Fault),
}

/// The search for a record's end.
pub struct Search {
    pub state: State,
    pub lines: u64,
    /// The length of the first line, once it ended inside of quotes.
    pub first_line: Option<usize>,
    /// Where the last quoted cell began.
    pub opening: usize,
}

impl Search {
    pub fn new() -> Self {
        Self { state: State::Unquoted, lines: 0, first_line: None, opening: 0 }
    }

    /// The record of which `length` bytes were searched.
    pub fn end(&self, length: usize) -> Record {
        let (length, lines, fault) = match (self.state, self.first_line) {
            (State::Spoilt(fault), first_line) => (first_line.unwrap_or(length), 1, Some(fault)),
            _ => (length, self.lines + 1, None),
        };
        Record { length, lines, fault }
    }

    /// The export, or what is taken of a row, ends after `record`. `is_cut`: the export was cut off inside a quoted cell.
    pub fn end_of_input(&mut self, record: &[u8], is_cut: bool) -> Record {
        self.state = match self.state {
            State::Quoted if is_cut => {
                let lines = self.lines + u64::from(record.last() != Some(&b'\n'));
                return Record { length: record.len(), lines, fault: Some(Fault::CutOff) };
            }
            State::Quoted => State::Spoilt(Fault::NotClosed),
            State::Quote(at) if !matches!(record[at + 1..], [] | [b'\r']) => State::Spoilt(Fault::TextBehind),
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
pub struct GivenUp {
    pub cells: HashMap<u64, Fault>,
    /// The offset of the last of them.
    last: u64,
}

impl GivenUp {
    pub fn add(&mut self, offset: u64, reason: Fault) {
        self.cells.insert(offset, reason);
        self.last = self.last.max(offset);
    }

    /// Forgets all when reading is past them.
    pub fn pass(&mut self, offset: u64) {
        if offset > self.last {
            self.cells.clear();
        }
    }
}
