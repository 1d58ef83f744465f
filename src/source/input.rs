//! The bytes of an export as a window that moves over them: counted, hashed, never held whole.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use sha2::{Digest, Sha256};

use super::sheet::{Sheets, Workbook};

/// The longest row that is taken. A longer one is rejected, so that no input can fill the memory.
pub const LONGEST_ROW: usize = 16 << 20;
const CHUNK: usize = 1 << 20;

/// Room before a chunk's bytes for the end of the chunk before, so that neither has to be copied whole.
const HEADROOM: usize = 64 << 10;
/// How many chunks may wait to be looked at.
const CHUNKS_WAITING: usize = 4;

/// A window over an export's text. A thread of its own reads ahead, hashes what lies on disk and decodes it.
///
/// Two counts are kept apart: of bytes as they lie on disk, which tell how far reading is, how large the export is and
/// what it hashes to; and of bytes of text, in which the window moves.
pub struct Input {
    chunks: Receiver<io::Result<Chunk>>,
    buffer: Vec<u8>,
    start: usize,
    /// How many bytes of text were taken into the window.
    text_taken: u64,
    /// How many bytes were read from where the export lies to make them.
    raw_read: u64,
    digest: Option<String>,
    /// The sheets that the text is of, where it is of a workbook.
    sheets: Option<Sheets>,
}

/// What the reading thread sends.
enum Chunk {
    /// Bytes of text, behind [`HEADROOM`], and how many bytes were read from the export so far.
    Text(Vec<u8>, u64),
    /// The end, with the SHA-256 of everything that was read.
    End(String),
}

/// Reads an export as it lies, and hashes and counts what it reads.
struct Raw {
    reader: Box<dyn Read + Send>,
    hasher: Sha256,
    count: u64,
    /// The size and digest of the export as it lies, where what is read was made of it.
    whole: Option<(u64, String)>,
}

impl Raw {
    /// Appends up to `most` bytes; fewer only at the end. Straight into the list, which costs nothing to be made ready.
    fn append_to(&mut self, bytes: &mut Vec<u8>, most: usize) -> io::Result<usize> {
        let start = bytes.len();
        let count = self.reader.by_ref().take(most as u64).read_to_end(bytes)?;
        self.hasher.update(&bytes[start..]);
        self.count += count as u64;
        Ok(count)
    }

    /// How many bytes of the export, as it lies, were read.
    fn count(&self) -> u64 {
        self.whole.as_ref().map_or(self.count, |(size, _)| *size)
    }

    /// The SHA-256 of the export as it lies.
    fn finish(self) -> String {
        self.whole.map_or_else(|| to_hex(self.hasher), |(_, digest)| digest)
    }
}

/// The size and the SHA-256, in hexadecimal, of all that is left to read.
///
/// # Errors
/// The reader's own.
pub fn measure(reader: &mut impl Read) -> io::Result<(u64, String)> {
    let (mut hasher, mut count, mut chunk) = (Sha256::new(), 0, Vec::with_capacity(CHUNK));
    loop {
        chunk.clear();
        reader.by_ref().take(CHUNK as u64).read_to_end(&mut chunk)?;
        if chunk.is_empty() {
            return Ok((count, to_hex(hasher)));
        }
        hasher.update(&chunk);
        count += chunk.len() as u64;
    }
}

fn to_hex(hasher: Sha256) -> String {
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Input {
    /// A window at the start of what `reader` gives.
    pub fn new(reader: Box<dyn Read + Send>) -> Self {
        Self::in_chunks(reader, CHUNK)
    }

    /// The same, growing by `chunk` bytes.
    pub fn in_chunks(reader: Box<dyn Read + Send>, chunk: usize) -> Self {
        Self::over(Raw { reader, hasher: Sha256::new(), count: 0, whole: None }, chunk)
    }

    /// A window over the sheets of a workbook, whose size and digest are those of its file.
    pub fn of_workbook(workbook: Workbook) -> Self {
        let Workbook { text, sheets, size, digest } = workbook;
        let whole = Some((size, digest));
        let raw = Raw { reader: Box::new(text), hasher: Sha256::new(), count: 0, whole };
        Self { sheets: Some(sheets), ..Self::over(raw, CHUNK) }
    }

    fn over(raw: Raw, chunk: usize) -> Self {
        let (sender, chunks) = sync_channel(CHUNKS_WAITING);
        thread::spawn(move || read_ahead(raw, &sender, chunk));
        Self { chunks, buffer: Vec::new(), start: 0, text_taken: 0, raw_read: 0, digest: None, sheets: None }
    }

    /// The sheets that the text is of, where it is of a workbook.
    pub fn sheets(&self) -> Option<&Sheets> {
        self.sheets.as_ref()
    }

    /// The bytes read and not yet consumed.
    pub fn window(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Reads on, so that the window grows at its end. False when the export has ended.
    ///
    /// # Errors
    /// The reader's own.
    pub fn more(&mut self) -> io::Result<bool> {
        if self.digest.is_some() {
            return Ok(false);
        }
        let chunk =
            self.chunks.recv().unwrap_or_else(|_| Err(io::Error::other("the reading thread is gone")))?;
        match chunk {
            Chunk::Text(text, raw_read) => {
                self.text_taken += (text.len() - HEADROOM) as u64;
                self.raw_read = raw_read;
                self.take(text);
                Ok(true)
            }
            Chunk::End(digest) => {
                self.digest = Some(digest);
                Ok(false)
            }
        }
    }

    /// Puts a chunk behind what is left of the window.
    fn take(&mut self, mut chunk: Vec<u8>) {
        let left = &self.buffer[self.start..];
        match HEADROOM.checked_sub(left.len()) {
            Some(start) => {
                chunk[start..HEADROOM].copy_from_slice(left);
                (self.buffer, self.start) = (chunk, start);
            }
            None => {
                self.buffer.drain(..self.start);
                self.start = 0;
                self.buffer.extend_from_slice(&chunk[HEADROOM..]);
            }
        }
    }

    /// Moves the window's start past `count` bytes.
    pub fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.buffer.len());
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

    /// Where in the text the window starts.
    pub fn offset(&self) -> u64 {
        self.text_taken - self.window().len() as u64
    }

    /// How many bytes of the export, as it lies, were read so far.
    pub fn bytes_read(&self) -> u64 {
        self.raw_read
    }

    /// Reads what is left and gives the size in bytes and the SHA-256, in hexadecimal, of the whole export.
    ///
    /// # Errors
    /// The reader's own.
    pub fn finish(&mut self) -> io::Result<(u64, String)> {
        loop {
            self.start = self.buffer.len();
            if !self.more()? {
                return Ok((self.raw_read, self.digest.clone().unwrap_or_default()));
            }
        }
    }
}

fn read_ahead(mut raw: Raw, chunks: &SyncSender<io::Result<Chunk>>, chunk: usize) {
    loop {
        let mut text = Vec::with_capacity(HEADROOM + chunk);
        text.resize(HEADROOM, 0);
        // Here the bytes are decoded; those of plain text stand for themselves.
        let read = raw.append_to(&mut text, chunk);
        let message = match read {
            Ok(0) => {
                _ = chunks.send(Ok(Chunk::End(raw.finish())));
                return;
            }
            Ok(_) => Ok(Chunk::Text(text, raw.count())),
            Err(cause) => Err(cause),
        };
        let is_last = message.is_err();
        // Nobody listens any more when the export was refused.
        if chunks.send(message).is_err() || is_last {
            return;
        }
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
