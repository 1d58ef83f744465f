//! What becomes of values that cannot be read, and where reading goes on.
//!
//! A value that breaks on its first line costs that line. One that breaks later gives back what it swallowed: the
//! next row may begin on any line that begins with `{`. No line is scanned more often than brackets may be nested.
//!
//! Behind a value that breaks, what looks like a row may be part of a text in it, since whoever writes the text chooses
//! where it seems to end: such rows are *recovered*, and that is remarked.

use std::io;

use memchr::memmem;
use serde::de::IgnoredAny;

use super::row::Failure;
use super::scan::Scan;
use super::{JsonRows, Kind, Piece, Seek, TOO_LONG};
use crate::source::{HEAD, LONGEST_ROW};

/// The reason for a row without an end.
pub const CUT_OFF: &str = "the file ends inside this row";

impl JsonRows {
    /// The value at the window's start breaks at the scan's end: rejects it, and reads on where a row may begin.
    pub(super) fn give_up(&mut self, scan: &Scan) -> io::Result<Piece> {
        let line = self.cursor.line;
        self.remarks.recover_after(line);
        if let Some(next) = self.find_next_object(scan) {
            return Ok(self.reject_before(next, scan));
        }
        if scan.has_lines {
            let length = (scan.offset + 1).min(self.cursor.window().len());
            let reason = self.reason_for(length, scan);
            self.drift(Seek::Object);
            return Ok(Piece { line, length, taken: scan.offset, kind: Kind::Rejected(reason) });
        }
        self.drift_if_in_rows(Some(Seek::Object));
        self.reject_line()
    }

    /// The file ends inside the value at the window's start.
    pub(super) fn cut_off(&mut self, scan: &Scan, is_held: bool, line: u64) -> Piece {
        if !is_held {
            self.frames.clear();
            return Piece { line, length: 0, taken: 0, kind: Kind::Gone(TOO_LONG) };
        }
        if let Some(next) = self.find_next_object(scan) {
            self.remarks.recover_after(line);
            return self.reject_before(next, scan);
        }
        // One word about the end is enough: the array that the value stands in is cut off as well.
        let is_in_message = self.frames.len() > 1;
        self.frames.clear();
        let row = self.cursor.window();
        let length = row.len();
        let is_row = row[0] == b'{' || row[0] == b'[' && is_in_message;
        let reason = if is_row { CUT_OFF.to_owned() } else { not_an_object(row) };
        Piece { line, length, taken: length, kind: Kind::Rejected(reason) }
    }

    /// Rejects the broken value at the window's start up to `next`, where a line begins that may be the next row.
    fn reject_before(&mut self, next: usize, scan: &Scan) -> Piece {
        let length = self.cursor.window()[..next].trim_ascii_end().len();
        let reason = self.reason_for(length, scan);
        self.drift_if_in_rows(None);
        Piece { line: self.cursor.line, length, taken: next, kind: Kind::Rejected(reason) }
    }

    /// Rejects the line at the window's start.
    pub(super) fn reject_line(&mut self) -> io::Result<Piece> {
        let line = self.cursor.line;
        let Some(end) = self.cursor.find_line_end(LONGEST_ROW)? else {
            self.keep_head();
            self.cursor.consume(1);
            self.seek = self.seek.or(Some(Seek::Line));
            return Ok(Piece { line, length: 0, taken: 0, kind: Kind::Gone(TOO_LONG) });
        };
        let text = self.cursor.window()[..end].trim_ascii_end();
        let length = text.len();
        let reason = if text.first() == Some(&b'{') { self.reason_of(length) } else { not_an_object(text) };
        Ok(Piece { line, length, taken: end, kind: Kind::Rejected(reason) })
    }

    /// Where, inside the broken value at the window's start, a line begins that may be the next row.
    pub(super) fn find_next_object(&self, scan: &Scan) -> Option<usize> {
        let window = self.cursor.window();
        let scanned = &window[..(scan.offset + 1).min(window.len())];
        scan.has_lines.then(|| memmem::find(scanned, b"\n{")).flatten().map(|at| at + 1)
    }

    fn reason_for(&mut self, length: usize, scan: &Scan) -> String {
        match scan.is_deep() {
            true => "nested too deeply".to_owned(),
            false => self.reason_of(length),
        }
    }

    /// What the parser says against the window's first `length` bytes.
    fn reason_of(&mut self, length: usize) -> String {
        match self.parser.parse(&self.cursor.window()[..length], false) {
            Err(Failure::Unreadable(reason) | Failure::Trailing { reason, .. }) => reason,
            _ => "not a whole JSON object".to_owned(),
        }
    }

    fn drift_if_in_rows(&mut self, seek: Option<Seek>) {
        if !self.frames.is_empty() {
            self.frames.clear();
            self.is_adrift = true;
            self.seek = seek;
        }
    }

    /// Gives up the document, if there is one, and skips lines before the next row.
    pub(super) fn drift(&mut self, seek: Seek) {
        self.drift_if_in_rows(None);
        self.seek = Some(seek);
    }

    /// Keeps the start of a row that is too long.
    pub(super) fn keep_head(&mut self) {
        let window = self.cursor.window();
        self.head = window[..window.len().min(HEAD)].to_vec();
    }
}

/// What stands where an object should.
pub fn not_an_object(text: &[u8]) -> String {
    if let Err(error) = serde_json::from_slice::<IgnoredAny>(text)
        && !matches!(text.first(), Some(b'[' | b'"'))
    {
        let start = String::from_utf8_lossy(&text[..text.len().min(20)]);
        return format!("expected a JSON object, found {start:?} ({error})");
    }
    let found = match text.first() {
        Some(b'"') => "a string",
        Some(b'[') => "an array",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    };
    format!("expected a JSON object, found {found}")
}
