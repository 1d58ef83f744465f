//! The bytes of an export as a window that moves over them: counted, hashed, never held whole.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

/// The longest row that is taken. A longer one is rejected, so that no input can fill the memory.
pub const LONGEST_ROW: usize = 16 << 20;
const CHUNK: usize = 1 << 20;

/// A window over an export's bytes.
pub struct Input {
    reader: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    hasher: Sha256,
    size: u64,
}

impl Input {
    /// A window at the start of what `reader` gives.
    pub fn new(reader: Box<dyn Read + Send>) -> Self {
        let buffer = vec![0; CHUNK];
        Self { reader, buffer, start: 0, end: 0, at_end: false, hasher: Sha256::new(), size: 0 }
    }

    /// The bytes read and not yet consumed.
    pub fn window(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Reads on, so that the window grows at its end. False when the export has ended.
    ///
    /// # Errors
    /// The reader's own.
    pub fn more(&mut self) -> io::Result<bool> {
        if self.at_end {
            return Ok(false);
        }
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.buffer.len() - self.end < CHUNK / 2 {
            self.buffer.resize(self.buffer.len() + CHUNK.max(self.buffer.len() / 2), 0);
        }
        let count = loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.hasher.update(&self.buffer[self.end..self.end + count]);
        self.size += count as u64;
        self.end += count;
        self.at_end = count == 0;
        Ok(count > 0)
    }

    /// Moves the window's start past `count` bytes.
    pub fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }

    /// The last `count` bytes that were consumed, as long as [`Self::more`] was not called since.
    pub fn behind(&self, count: usize) -> &[u8] {
        &self.buffer[self.start - count..self.start]
    }

    /// Where the window starts: an offset that [`Self::rewind`] takes back, as long as [`Self::more`] was not
    /// called in between.
    pub fn position(&self) -> usize {
        self.start
    }

    /// Moves the window's start back.
    pub fn rewind(&mut self, position: usize) {
        self.start = position.min(self.start);
    }

    /// Bytes read so far.
    pub fn bytes_read(&self) -> u64 {
        self.size
    }

    /// Reads what is left and gives the size in bytes and the SHA-256, in hexadecimal, of the whole export.
    ///
    /// # Errors
    /// The reader's own.
    pub fn finish(&mut self) -> io::Result<(u64, String)> {
        while !self.at_end {
            self.consume(usize::MAX - self.start);
            self.more()?;
        }
        let digest = std::mem::take(&mut self.hasher).finalize();
        Ok((self.size, digest.iter().map(|byte| format!("{byte:02x}")).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_grows_until_the_end_and_knows_the_whole() {
        let bytes: Vec<u8> = (0..3_000_000_u32).map(|i| (i % 251) as u8).collect();
        let mut input = Input::new(Box::new(io::Cursor::new(bytes.clone())));
        while input.more().unwrap() {}
        assert_eq!(input.window(), bytes);
        input.consume(2_999_999);
        assert_eq!(input.window(), [(2_999_999 % 251) as u8]);
        let (size, digest) = input.finish().unwrap();
        let expected: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!((size, digest), (3_000_000, expected));
    }
}
