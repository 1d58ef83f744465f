//! A place in the export that knows its line.

use std::io;

use memchr::{memchr, memchr_iter, memrchr};

use crate::source::Input;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// A window over the export and the line on which it begins.
pub struct Cursor {
    /// The window.
    pub input: Input,
    /// The line of the window's first byte, from 1.
    pub line: u64,
    /// Whether nothing but blanks stands before the window on its line.
    pub at_line_start: bool,
}

impl Cursor {
    /// A cursor at the export's start.
    pub fn new(input: Input) -> Self {
        Self { input, line: 1, at_line_start: true }
    }

    /// The bytes read and not yet passed.
    pub fn window(&self) -> &[u8] {
        self.input.window()
    }

    /// Reads on, so that the window grows at its end. False when the export has ended.
    pub fn more(&mut self) -> io::Result<bool> {
        self.input.more()
    }

    /// Passes white space, commas and byte order marks. The byte behind them, or None at the end.
    pub fn skip_blanks(&mut self) -> io::Result<Option<u8>> {
        loop {
            let window = self.window();
            let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',');
            let count = window.iter().position(|byte| !is_blank(byte)).unwrap_or(window.len());
            self.consume(count);
            let window = self.window();
            if window.starts_with(BOM) {
                self.input.consume(BOM.len());
            } else if !BOM.starts_with(window) {
                return Ok(window.first().copied());
            } else if !self.more()? {
                return Ok(self.window().first().copied());
            }
        }
    }

    /// Passes the rest of the line. False at the file's end.
    pub fn skip_line(&mut self) -> io::Result<bool> {
        loop {
            let window = self.window();
            if let Some(end) = memchr(b'\n', window) {
                self.consume(end + 1);
                return Ok(true);
            }
            self.consume(window.len());
            if !self.more()? {
                return Ok(false);
            }
        }
    }

    /// Passes all up to a line that begins with `{`.
    pub fn skip_to_object(&mut self) -> io::Result<()> {
        loop {
            let next = if self.at_line_start { self.skip_blanks()? } else { None };
            if next == Some(b'{') && self.at_line_start {
                return Ok(());
            }
            if !self.skip_line()? {
                return Ok(());
            }
        }
    }

    /// The length of the line at the window's start without its end, or None when it is longer than `longest`.
    pub fn find_line_end(&mut self, longest: usize) -> io::Result<Option<usize>> {
        let mut searched = 0;
        loop {
            let window = self.window();
            if let Some(at) = memchr(b'\n', &window[searched..]) {
                return Ok(Some(searched + at).filter(|end| *end <= longest));
            }
            searched = window.len();
            if searched > longest {
                return Ok(None);
            }
            if !self.more()? {
                return Ok(Some(searched));
            }
        }
    }

    /// Moves the window past `count` bytes.
    pub fn consume(&mut self, count: usize) {
        let passed = &self.input.window()[..count];
        let last_line = match memrchr(b'\n', passed) {
            Some(end) => {
                self.line += memchr_iter(b'\n', passed).count() as u64;
                self.at_line_start = true;
                &passed[end + 1..]
            }
            None => passed,
        };
        self.at_line_start &= last_line.iter().all(u8::is_ascii_whitespace);
        self.input.consume(count);
    }
}
