//! Messages: how their arrays of rows are entered and left, and what stands around these.
//!
//! Whatever says that rows are missing is remarked; whether such a file is taken in is for others to say.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use super::row::Failure;
use super::scan::{Scan, Step};
use super::table::{Role, Table, failure_in};
use super::wrapper::{Wrapper, names_trouble, shorten};
use super::{Frame, JsonRows, Kind, Piece};
use crate::error::WayOut;
use crate::source::LONGEST_ROW;
use crate::source::refusal::Refusal;

/// What a service may have said of missing rows, where nobody can read it.
const UNREAD_TAIL: &str = "something behind its rows that cannot be read";
/// The most tables of an answer whose columns are remembered for rows that come later.
const MOST_TABLES: usize = 64;

/// The tables of the answer that is being read.
#[derive(Debug, Default)]
pub struct Tables {
    /// The table whose rows come now. None where rows are objects.
    current: Option<Arc<Table>>,
    /// Its `TableId`.
    id: Option<u64>,
    /// Tables whose rows come in frames of their own, by `TableId`, and whether rows came.
    known: BTreeMap<u64, (Arc<Table>, bool)>,
}

impl Tables {
    /// No rows are read as cells from here on.
    pub fn leave(&mut self) {
        (self.current, self.id) = (None, None);
    }

    /// Takes up what a frame says of its table, and whether it takes back rows that were handed out already.
    fn see(&mut self, wrapper: &Wrapper) -> bool {
        let Some(id) = wrapper.id.filter(|_| wrapper.frame.is_some()) else { return false };
        match (&wrapper.table, wrapper.frame.as_deref()) {
            (Some(table), Some("TableHeader")) if self.known.len() < MOST_TABLES => {
                self.known.insert(id, (Arc::clone(table), false));
                false
            }
            _ => wrapper.replaces && self.known.get(&id).is_some_and(|(_, has_rows)| *has_rows),
        }
    }

    /// Rows come now of the table that a message is, or of the one that it names.
    fn enter(&mut self, wrapper: Wrapper) {
        self.id = wrapper.id;
        let known = || self.known.get(&wrapper.id?).map(|(table, _)| Arc::clone(table));
        self.current = wrapper.table.or_else(known);
    }

    fn see_row(&mut self) {
        if let Some((_, has_rows)) = self.id.and_then(|id| self.known.get_mut(&id)) {
            *has_rows = true;
        }
    }
}

impl JsonRows {
    /// Enters the array that a scan found in a message, whose text up to the array is held or not.
    pub(super) fn enter_message(&mut self, scan: &Scan, is_held: bool) -> io::Result<()> {
        let key = scan.key().to_owned();
        let head = String::from_utf8_lossy(&self.cursor.window()[..scan.offset]).into_owned() + "]}";
        self.cursor.consume(scan.offset);
        self.enter(Frame::Message);
        match Wrapper::read(&head) {
            Some(wrapper) if is_held => self.enter_rows(&key, wrapper),
            _ => {
                self.remarks.see_partial("something before its rows that cannot be read");
                self.enter_rows(&key, Wrapper::default())
            }
        }
    }

    fn enter_rows(&mut self, key: &[u8], wrapper: Wrapper) -> io::Result<()> {
        self.see_wrapper(&wrapper)?;
        let is_tables = key.eq_ignore_ascii_case(b"tables");
        self.frames.push(if is_tables { Frame::Tables } else { Frame::Rows });
        self.remarks.see_wrapper(|| match (key, &wrapper.frame) {
            (_, Some(_)) => "an answer of Kusto, version 2".to_owned(),
            (b"Tables", None) => "an answer of Kusto, version 1".to_owned(),
            (b"tables", None) => "an answer of Log Analytics".to_owned(),
            (key, None) => format!("a message with its rows in {}", shorten(&String::from_utf8_lossy(key))),
        });
        self.tables.enter(wrapper);
        Ok(())
    }

    fn see_wrapper(&mut self, wrapper: &Wrapper) -> io::Result<()> {
        if let Some(said) = &wrapper.trouble {
            self.remarks.see_partial(said);
        }
        if !self.tables.see(wrapper) {
            return Ok(());
        }
        let problem = format!(
            "line {}: a later part of the answer takes the place of rows that came before; expected an answer that is not \
             progressive",
            self.cursor.line
        );
        Err(Refusal::new(problem, WayOut::Progressive).into())
    }

    /// Passes the object of `length` bytes at the window's start, where it is no row but says something of the rows.
    pub(super) fn pass_wrapper(&mut self, length: usize, scan: &Scan) -> io::Result<bool> {
        let among_cells = self.tables.current.is_some() && self.frames.last() == Some(&Frame::Rows);
        if !among_cells && !scan.may_be_wrapper() {
            return Ok(false);
        }
        let text = std::str::from_utf8(&self.cursor.window()[..length]);
        let Some(wrapper) = text.ok().and_then(Wrapper::read) else { return Ok(false) };
        let is_passed = wrapper.is_no_row() || among_cells && wrapper.trouble.is_some();
        if is_passed {
            self.see_wrapper(&wrapper)?;
            self.cursor.consume(length);
        }
        Ok(is_passed)
    }

    /// The row of `length` bytes at the window's start is an array. None where it is no data.
    pub(super) fn judge_cells(&mut self, length: usize) -> Option<Piece> {
        let piece = |line, kind| Some(Piece { line, length, taken: length, kind });
        let line = self.cursor.line;
        let Some(table) = &self.tables.current else {
            return piece(
                line,
                Kind::Rejected("a row of cells whose columns are not said before it".to_owned()),
            );
        };
        let mut object = self.parser.take_text();
        let zipped = match std::str::from_utf8(&self.cursor.window()[..length]) {
            Ok(row) => table.zip(row, &mut object),
            Err(error) => Err(format!("not UTF-8 at byte {} of the row", error.valid_up_to() + 1)),
        };
        match (zipped, table.role) {
            (Err(reason), Role::Rows) => return piece(line, Kind::Rejected(reason)),
            (Ok(()), Role::Rows) => {}
            (zipped, role) => {
                if let Some(said) = failure_in(&object).filter(|_| zipped.is_ok() && role == Role::Status) {
                    self.remarks.see_partial(&shorten(&said));
                }
                self.cursor.consume(length);
                return None;
            }
        }
        self.tables.see_row();
        let kind = match self.parser.parse_instead(object) {
            Ok(parsed) => Kind::from(parsed),
            Err(Failure::Unreadable(reason) | Failure::Trailing { reason, .. }) => Kind::Rejected(reason),
            Err(Failure::Message) => Kind::Rejected("a message where a row should be".to_owned()),
        };
        piece(line, kind)
    }

    /// Passes what follows a message's rows, up to the message's end or to more rows.
    pub(super) fn skim_message(&mut self) -> io::Result<()> {
        let mut scan = Scan::behind_rows();
        let mut tail = Vec::new();
        loop {
            let step = scan.run(self.cursor.window());
            let room = LONGEST_ROW.saturating_sub(tail.len());
            tail.extend_from_slice(&self.cursor.window()[..scan.offset.min(room)]);
            let is_held = scan.offset <= room;
            self.cursor.consume(scan.offset);
            scan.offset = 0;
            if !is_held {
                self.remarks.see_partial(UNREAD_TAIL);
            }
            match step {
                Step::Complete => {
                    self.see_tail(&tail, "")?;
                    self.frames.pop();
                    if self.frames.is_empty() {
                        self.tables = Tables::default();
                    }
                }
                Step::Rows => {
                    let wrapper = self.read_tail(&tail, "]}");
                    self.enter_rows(scan.key(), wrapper)?;
                }
                Step::Broken => {
                    self.see_tail(&tail, "}")?;
                    self.frames.clear();
                }
                Step::More if self.cursor.more()? => continue,
                // What the message itself stands in goes on, as far as anybody knows.
                Step::More => {
                    self.see_tail(&tail, "}")?;
                    self.frames.pop();
                }
            }
            return Ok(());
        }
    }

    /// Takes up what follows a message's last rows.
    fn see_tail(&mut self, tail: &[u8], end: &str) -> io::Result<()> {
        let wrapper = self.read_tail(tail, end);
        if wrapper.is_row {
            self.remarks
                .see_partial("a row has an array where messages have their rows, before columns of its own");
        }
        self.see_wrapper(&wrapper)
    }

    /// Reads what follows a message's rows, with what would close it. Where it cannot be read, it may be an error.
    fn read_tail(&mut self, tail: &[u8], end: &str) -> Wrapper {
        let tail = String::from_utf8_lossy(tail);
        let members = tail.trim_start().trim_start_matches(',');
        let wrapper = Wrapper::read(&format!("{{{members}{end}"));
        if wrapper.is_none() && names_trouble(members) {
            self.remarks.see_partial(UNREAD_TAIL);
        }
        wrapper.unwrap_or_default()
    }
}
