//! JSON exports: one row a line, or rows in a document of one of several shapes, told apart while reading.
//!
//! A *message* is an object that holds rows in an array: `{"records":[…]}` from Event Hubs, or an answer of the
//! Graph or the older API, `{"schema":[…],"results":[…]}`. Answers of Log Analytics and of Kusto hold *tables*, whose
//! rows are arrays of cells; each table, and each frame of Kusto's second version, is a message too. An *envelope* is what the streaming API puts around
//! one row: `{"category":…,"properties":{…}}`. Rows, envelopes and messages may follow one another, with white
//! space or commas between them, or stand in one array.
//!
//! Sources: <https://learn.microsoft.com/en-us/defender-xdr/streaming-api>,
//! <https://learn.microsoft.com/en-us/graph/api/security-security-runhuntingquery>,
//! <https://learn.microsoft.com/en-us/defender-endpoint/api/run-advanced-query-api>.

mod cursor;
mod message;
mod names;
mod recover;
mod row;
mod scan;
mod shape;
mod table;
mod text;
mod wrapper;

#[cfg(test)]
mod tests;

use std::io;

use self::cursor::Cursor;
use self::message::Tables;
use self::recover::{CUT_OFF, not_an_object};
use self::row::{Failure, Parsed, RowParser};
use self::scan::{Scan, Step};
use super::{Input, LONGEST_ROW, ReadRows, Remarks, Row};
use crate::event::{Column, ColumnSet, Fields, Texts};

/// A line up to this length is tried as one row at once.
const SHORT_LINE: usize = 256 << 10;
const TOO_LONG: &str = "longer than 16 MiB";

/// Reads the rows of a JSON export.
///
/// One row is held at a time, however the rows are laid out. A row that cannot be read is handed out as rejected,
/// and reading goes on: at the next line, or behind the row where its end is known. In a document whose brackets
/// do not match, reading goes on at the next line that begins with `{`.
pub struct JsonRows {
    cursor: Cursor,
    /// What the window stands in, outermost first.
    frames: Vec<Frame>,
    /// Lines to skip before the next row.
    seek: Option<Seek>,
    /// Whether a document was given up: what is left of its brackets is not worth a word.
    is_adrift: bool,
    parser: RowParser,
    /// The tables of an answer whose rows are arrays.
    tables: Tables,
    /// The row handed out. It still stands at the window's start.
    piece: Option<Piece>,
    /// The start of a row too long to hold.
    head: Vec<u8>,
    again: bool,
    remarks: Remarks,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// A message, outside of its rows.
    Message,
    /// An array of rows.
    Rows,
    /// An array of tables, each a message.
    Tables,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seek {
    /// The rest of this line is skipped.
    Line,
    /// All is skipped up to a line that begins with `{`.
    Object,
}

/// A row that was found.
#[derive(Debug)]
struct Piece {
    line: u64,
    /// Its length from the window's start.
    length: usize,
    /// How much of the window it takes.
    taken: usize,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// A row that the parser holds.
    Row,
    OtherTable,
    Rejected(String),
    /// Rejected, and no longer in the window: its start was kept.
    Gone(&'static str),
}

impl JsonRows {
    /// Reads rows from `input`, whose window may be filled already and may begin with a byte order mark.
    pub fn new(input: Input) -> Self {
        Self {
            cursor: Cursor::new(input),
            frames: Vec::new(),
            seek: None,
            is_adrift: false,
            parser: RowParser::new(),
            tables: Tables::default(),
            piece: None,
            head: Vec::new(),
            again: false,
            remarks: Remarks::default(),
        }
    }

    fn find_piece(&mut self) -> io::Result<Option<Piece>> {
        loop {
            match self.seek.take() {
                Some(Seek::Line) => _ = self.cursor.skip_line()?,
                Some(Seek::Object) => self.cursor.skip_to_object()?,
                None => {}
            }
            let found = match self.frames.last() {
                Some(Frame::Message) => {
                    self.skim_message()?;
                    None
                }
                frame => {
                    let in_rows = frame.is_some();
                    let Some(byte) = self.cursor.skip_blanks()? else { return Ok(self.end_between_rows()) };
                    if in_rows { self.find_in_rows(byte)? } else { self.find_at_top(byte)? }
                }
            };
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// The file ends. Inside an array of rows, nobody knows how many more there were.
    fn end_between_rows(&mut self) -> Option<Piece> {
        if self.frames.is_empty() {
            return None;
        }
        self.frames.clear();
        let kind = Kind::Rejected(CUT_OFF.to_owned());
        Some(Piece { line: self.cursor.line, length: 0, taken: 0, kind })
    }

    fn find_in_rows(&mut self, byte: u8) -> io::Result<Option<Piece>> {
        if byte == b']' {
            self.cursor.consume(1);
            self.frames.pop();
            self.tables.leave();
            return Ok(None);
        }
        self.scan_value()
    }

    fn find_at_top(&mut self, byte: u8) -> io::Result<Option<Piece>> {
        match byte {
            b'[' => {
                self.cursor.consume(1);
                self.enter(Frame::Rows);
                Ok(None)
            }
            b'{' if self.cursor.at_line_start => match self.try_line()? {
                None => self.scan_value(),
                piece => Ok(piece),
            },
            b'{' => self.scan_value(),
            _ if self.is_adrift => {
                self.seek = Some(Seek::Object);
                Ok(None)
            }
            _ => self.reject_line().map(Some),
        }
    }

    fn enter(&mut self, frame: Frame) {
        self.frames.push(frame);
        self.is_adrift = false;
    }

    /// Reads a short line that is one object whole. None when it has to be looked at more closely.
    fn try_line(&mut self) -> io::Result<Option<Piece>> {
        let Some(end) = self.cursor.find_line_end(SHORT_LINE)? else { return Ok(None) };
        let line = self.cursor.window()[..end].trim_ascii_end();
        let line = line.strip_suffix(b",").unwrap_or(line).trim_ascii_end();
        let kind = match self.parser.parse(line, true) {
            Ok(parsed) => Kind::from(parsed),
            Err(Failure::Trailing { at, reason }) if !matches!(line.get(at), Some(b'{' | b',')) => {
                Kind::Rejected(reason)
            }
            Err(_) => return Ok(None),
        };
        let length = line.len();
        Ok(Some(Piece { line: self.cursor.line, length, taken: length, kind }))
    }

    /// Whether a value may be a message: nobody puts them deeper, but a table may stand in one of an array of answers.
    fn may_be_message(&self) -> bool {
        self.frames.len() <= 1 || self.frames.len() <= 3 && self.frames.last() == Some(&Frame::Tables)
    }

    /// Reads the value at the window's start. None when it is a message, which is entered, or no data.
    fn scan_value(&mut self) -> io::Result<Option<Piece>> {
        let line = self.cursor.line;
        let is_top = self.frames.is_empty();
        let mut scan = Scan::new(self.may_be_message(), is_top);
        let mut is_held = true;
        loop {
            match scan.run(self.cursor.window()) {
                Step::Rows => {
                    self.enter_message(&scan, is_held)?;
                    return Ok(None);
                }
                Step::Complete if is_held && scan.offset <= LONGEST_ROW => {
                    return self.judge(scan.offset, &scan);
                }
                Step::Broken if is_held => return self.give_up(&scan).map(Some),
                Step::Complete => {
                    if is_held {
                        self.keep_head();
                    }
                    self.cursor.consume(scan.offset);
                    return Ok(Some(Piece { line, length: 0, taken: 0, kind: Kind::Gone(TOO_LONG) }));
                }
                Step::Broken => {
                    self.remarks.recover_after(line);
                    self.cursor.consume(scan.offset);
                    let rest = if is_top && !scan.has_lines { Seek::Line } else { Seek::Object };
                    self.drift(rest);
                    return Ok(Some(Piece { line, length: 0, taken: 0, kind: Kind::Gone(TOO_LONG) }));
                }
                Step::More => {}
            }
            if is_held && self.cursor.window().len() > LONGEST_ROW {
                if self.find_next_object(&scan).is_some() {
                    return self.give_up(&scan).map(Some);
                }
                is_held = false;
                self.keep_head();
            }
            if !is_held {
                self.cursor.consume(scan.offset);
                scan.offset = 0;
            }
            if !self.cursor.more()? {
                return Ok(Some(self.cut_off(&scan, is_held, line)));
            }
        }
    }

    /// The value of `length` bytes at the window's start is whole.
    fn judge(&mut self, length: usize, scan: &Scan) -> io::Result<Option<Piece>> {
        let first = self.cursor.window()[0];
        match first {
            b'[' if self.frames.last() == Some(&Frame::Rows) && self.frames.len() > 1 => {
                return Ok(self.judge_cells(length));
            }
            b'{' if self.pass_wrapper(length, scan)? => return Ok(None),
            _ => {}
        }
        let row = &self.cursor.window()[..length];
        let kind = match self.parser.parse(row, false) {
            _ if row.first() != Some(&b'{') => Kind::Rejected(not_an_object(row)),
            Ok(parsed) => Kind::from(parsed),
            Err(Failure::Unreadable(reason) | Failure::Trailing { reason, .. }) => Kind::Rejected(reason),
            Err(Failure::Message) => Kind::Rejected("a message where a row should be".to_owned()),
        };
        Ok(Some(Piece { line: self.cursor.line, length, taken: length, kind }))
    }

    fn fields(&self) -> Fields<'_> {
        let (local_times, utc_times) = self.parser.zones();
        Fields::new(self, self.parser.extra())
            .with_columns(self.parser.names().columns())
            .with_zones(local_times, utc_times)
    }
}

impl JsonRows {
    /// Takes up what the keys say, at the end: only then it is known which never came.
    fn remark_names(&mut self) {
        let names = self.parser.names();
        for (key, column) in names.read_otherwise() {
            self.remarks.read_as(key, column);
        }
        self.remarks.have(names.columns());
        if self.parser.has_none() {
            self.remarks.see_none();
        }
    }
}

impl Texts for JsonRows {
    fn text(&self, column: Column) -> &str {
        self.parser.text_in(column, self.cursor.window())
    }

    fn bytes(&self, column: Column) -> &[u8] {
        self.parser.bytes_in(column, self.cursor.window())
    }

    fn table(&self) -> &str {
        match self.parser.table() {
            "" => self.text(Column::Type),
            table => table,
        }
    }
}

impl From<Parsed> for Kind {
    fn from(parsed: Parsed) -> Self {
        match parsed {
            Parsed::Row => Self::Row,
            Parsed::OtherTable => Self::OtherTable,
        }
    }
}

impl ReadRows for JsonRows {
    fn next_row(&mut self) -> io::Result<Option<Row<'_>>> {
        if !std::mem::take(&mut self.again) {
            let taken = self.piece.take().map_or(0, |piece| piece.taken);
            self.cursor.consume(taken);
            self.piece = self.find_piece()?;
        }
        let Some(piece) = &self.piece else {
            self.remark_names();
            return Ok(None);
        };
        let line = piece.line;
        let raw = &self.cursor.window()[..piece.length];
        Ok(Some(match &piece.kind {
            Kind::OtherTable => Row::OtherTable(self.parser.table()),
            Kind::Rejected(reason) => Row::Rejected { line, reason: reason.clone(), raw },
            Kind::Gone(reason) => Row::Rejected { line, reason: (*reason).to_owned(), raw: &self.head },
            Kind::Row => Row::Event { line, fields: self.fields(), raw },
        }))
    }

    fn unread_row(&mut self) {
        self.again = self.piece.is_some();
    }

    fn input(&mut self) -> &mut Input {
        &mut self.cursor.input
    }

    fn remarks(&self) -> &Remarks {
        &self.remarks
    }

    fn columns(&self) -> ColumnSet {
        self.parser.names().columns()
    }

    fn other_columns(&self) -> Vec<String> {
        self.parser.names().others(self.remarks.wrapper().is_some()).map(str::to_owned).collect()
    }

    fn read_otherwise(&self) -> Vec<(String, Column)> {
        self.parser.names().read_otherwise().map(|(key, column)| (key.to_owned(), column)).collect()
    }
}
