//! The bytes of an export as a window that moves over its text: counted, hashed, never held whole.

use std::cell::RefCell;
use std::io::{self, Cursor, Read};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use sha2::{Digest, Sha256};

use super::encoding::{Decoder, Encoding, LOOKED_AT};
use super::opened::{Facts, Identity, Opened};
use super::refusal::Refusal;
use super::sheet::{Sheets, Workbook};
use super::unpack::{Container, Limit, Limited, Packed};
use crate::error::WayOut;

/// The longest row that is taken. A longer one is rejected, so that no input can fill the memory.
pub const LONGEST_ROW: usize = 16 << 20;
/// What is kept of a row that is longer.
pub const HEAD: usize = 4 << 10;
const CHUNK: usize = 1 << 20;

/// Room before a chunk's bytes for the end of the chunk before, so that neither has to be copied whole.
const HEADROOM: usize = 64 << 10;
/// What stands there at first. Copied at once: `resize` writes byte by byte where nothing is optimized, as in tests.
static BLANK: [u8; HEADROOM] = [0; HEADROOM];
/// How many chunks may wait to be looked at.
const CHUNKS_WAITING: usize = 4;
/// How often a stream may be packed: a packed file in an archive of packed files is enough.
const MOST_LAYERS: usize = 2;

/// A window over an export's text. A thread of its own reads ahead, hashes what lies on disk, unpacks and decodes it.
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
    form: Form,
    end: Option<End>,
    /// The sheets that the text is of, where it is of a workbook.
    sheets: Option<Sheets>,
}

/// What a text is packed in, outermost first, and its encoding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// What it is packed in.
    pub containers: Vec<Container>,
    /// Its encoding.
    pub encoding: Encoding,
}

/// What is known of an export once it was read to its end.
struct End {
    identity: Identity,
    /// Whether something in it was no character of its encoding.
    is_replaced: bool,
}

/// What the reading thread sends.
enum Chunk {
    /// The form of what follows: the first of all.
    Form(Form),
    /// Bytes of text, behind [`HEADROOM`], and how many bytes were read from the export so far.
    Text(Vec<u8>, u64),
    /// The end.
    End(End),
}

/// Reads an export as it lies, and hashes and counts what it reads.
struct Raw<'r> {
    reader: &'r mut dyn Read,
    hasher: Rc<RefCell<Sha256>>,
    count: Packed,
}

impl Raw<'_> {
    /// Appends up to `most` bytes; fewer only at the end. Straight into the list, which costs nothing to be made ready.
    fn append_to(&mut self, bytes: &mut Vec<u8>, most: usize) -> io::Result<usize> {
        let start = bytes.len();
        let count = (&mut *self.reader).take(most as u64).read_to_end(bytes)?;
        self.see(&bytes[start..]);
        Ok(count)
    }

    fn see(&self, bytes: &[u8]) {
        self.hasher.borrow_mut().update(bytes);
        *self.count.borrow_mut() += bytes.len() as u64;
    }
}

impl Read for Raw<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.see(&buffer[..count]);
        Ok(count)
    }
}

impl Input {
    /// A window at the start of what `reader` gives.
    pub fn new(reader: Box<dyn Read + Send>) -> Self {
        Self::in_chunks(reader, CHUNK)
    }

    /// The same, growing by `chunk` bytes.
    pub fn in_chunks(reader: Box<dyn Read + Send>, chunk: usize) -> Self {
        Self::over(Opened::stream(reader), None, chunk)
    }

    /// A window at the start of the text of what was opened, in this encoding, where somebody says it.
    pub fn open(opened: Opened, encoding: Option<Encoding>) -> Self {
        Self::over(opened, encoding, CHUNK)
    }

    fn over(opened: Opened, encoding: Option<Encoding>, chunk: usize) -> Self {
        let (sender, chunks) = sync_channel(CHUNKS_WAITING);
        thread::spawn(move || {
            // Nobody listens any more when the export was refused.
            let read =
                |bytes: &mut dyn Read, facts: &Facts| Ahead::new(&sender, chunk).read(bytes, facts, encoding);
            if let Err(cause) = opened.read(read) {
                let _ = sender.send(Err(cause));
            }
        });
        let form = Form::default();
        Self {
            chunks,
            buffer: Vec::new(),
            start: 0,
            text_taken: 0,
            raw_read: 0,
            form,
            end: None,
            sheets: None,
        }
    }

    /// A window over the sheets of a workbook; `outer` is the identity of the file that it is in, where it is not the file
    /// itself.
    pub fn of_workbook(workbook: Workbook, outer: Option<&Identity>) -> Self {
        let Workbook { text, sheets, identity } = workbook;
        let opened = Opened::text(Box::new(text), outer.cloned().unwrap_or(identity));
        Self { sheets: Some(sheets), ..Self::open(opened, None) }
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
    /// The reader's own, and what is said of a damaged container.
    pub fn more(&mut self) -> io::Result<bool> {
        while self.end.is_none() {
            let chunk =
                self.chunks.recv().unwrap_or_else(|_| Err(io::Error::other("the reading thread is gone")))?;
            match chunk {
                Chunk::Form(form) => self.form = form,
                Chunk::Text(text, raw_read) => {
                    self.text_taken += (text.len() - HEADROOM) as u64;
                    self.raw_read = raw_read;
                    self.take(text);
                    return Ok(true);
                }
                Chunk::End(end) => self.end = Some(end),
            }
        }
        Ok(false)
    }

    /// What the text is packed in, and its encoding: known once something was read.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// Whether something in the text was no character of its encoding: known at the end.
    pub fn is_replaced(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end.is_replaced)
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

    /// Reads what is left and gives the size in bytes and the SHA-256, in hexadecimal, of the whole file.
    ///
    /// # Errors
    /// The reader's own, and what is said of a damaged container.
    pub fn finish(&mut self) -> io::Result<(u64, String)> {
        loop {
            self.start = self.buffer.len();
            if !self.more()? {
                let identity = self.end.as_ref().map(|end| end.identity.clone()).unwrap_or_default();
                return Ok((identity.size_bytes, identity.sha256));
            }
        }
    }
}

/// What reads ahead.
struct Ahead<'s> {
    chunks: &'s SyncSender<io::Result<Chunk>>,
    /// How many bytes of text are sent at once.
    chunk: usize,
    hasher: Rc<RefCell<Sha256>>,
    raw_read: Packed,
    is_replaced: bool,
}

impl<'s> Ahead<'s> {
    fn new(chunks: &'s SyncSender<io::Result<Chunk>>, chunk: usize) -> Self {
        Self { chunks, chunk, hasher: Rc::default(), raw_read: Rc::default(), is_replaced: false }
    }

    /// Sends all of `reader`, which gives the bytes as they lie.
    fn read(mut self, reader: &mut dyn Read, facts: &Facts, encoding: Option<Encoding>) -> io::Result<()> {
        let mut raw = Raw { reader, hasher: Rc::clone(&self.hasher), count: Rc::clone(&self.raw_read) };
        let mut start = self.empty_chunk();
        // Enough to tell its form by, however little is sent at once.
        raw.append_to(&mut start, self.chunk.max(LOOKED_AT))?;
        let is_packed = !facts.is_text && Container::of(&start[HEADROOM..]).is_some();
        if is_packed {
            let mut containers = Vec::new();
            let packed = Cursor::new(start.split_off(HEADROOM)).chain(raw);
            let mut text = unpack(Box::new(packed), &facts.limit(&self.raw_read), &mut containers)?;
            text.by_ref().take(self.chunk as u64).read_to_end(&mut start)?;
            let chunk = self.chunk as u64;
            let mut read_on = |bytes: &mut Vec<u8>| text.by_ref().take(chunk).read_to_end(bytes);
            self.send_text(start, containers, encoding, &mut read_on)?;
        } else {
            let chunk = self.chunk;
            self.send_text(start, Vec::new(), encoding, &mut |bytes| raw.append_to(bytes, chunk))?;
        }
        let of_what_was_read = || Identity::new(*self.raw_read.borrow(), self.hasher.borrow().clone());
        let identity = facts.identity.clone().unwrap_or_else(of_what_was_read);
        self.send(Chunk::End(End { identity, is_replaced: self.is_replaced }));
        Ok(())
    }

    /// Decodes and sends the text that begins with `start` and goes on with what `read_on` appends.
    fn send_text(
        &mut self,
        start: Vec<u8>,
        containers: Vec<Container>,
        asked: Option<Encoding>,
        read_on: &mut dyn FnMut(&mut Vec<u8>) -> io::Result<usize>,
    ) -> io::Result<()> {
        let encoding = encoding_of(&start[HEADROOM..], asked)?;
        self.send(Chunk::Form(Form { containers, encoding }));
        if encoding != Encoding::Utf8 {
            return self.send_decoded(start, encoding, read_on);
        }
        let mut text = start;
        while text.len() > HEADROOM && self.send_chunk(text) {
            text = self.empty_chunk();
            read_on(&mut text)?;
        }
        Ok(())
    }

    fn send_decoded(
        &mut self,
        start: Vec<u8>,
        encoding: Encoding,
        read_on: &mut dyn FnMut(&mut Vec<u8>) -> io::Result<usize>,
    ) -> io::Result<()> {
        let mut decoder = Decoder::new(encoding);
        let mut piece = start;
        let mark = encoding.mark();
        piece.drain(..HEADROOM + if piece[HEADROOM..].starts_with(mark) { mark.len() } else { 0 });
        loop {
            let is_last = piece.is_empty();
            let mut text = self.empty_chunk();
            self.is_replaced |= decoder.decode(&piece, is_last, &mut text);
            if (text.len() > HEADROOM && !self.send_chunk(text)) || is_last {
                return Ok(());
            }
            piece.clear();
            read_on(&mut piece)?;
        }
    }

    /// False where nobody listens any more.
    fn send_chunk(&self, text: Vec<u8>) -> bool {
        let raw_read = *self.raw_read.borrow();
        self.send(Chunk::Text(text, raw_read))
    }

    fn empty_chunk(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(HEADROOM + self.chunk);
        text.extend_from_slice(&BLANK);
        text
    }

    fn send(&self, chunk: Chunk) -> bool {
        self.chunks.send(Ok(chunk)).is_ok()
    }
}

/// Unpacks what is packed, once or twice.
fn unpack<'r>(
    packed: Box<dyn Read + 'r>,
    limit: &Limit,
    containers: &mut Vec<Container>,
) -> io::Result<Box<dyn Read + 'r>> {
    let mut reader = packed;
    loop {
        let mut start = Vec::new();
        reader.by_ref().take(CHUNK as u64).read_to_end(&mut start)?;
        let container = Container::of(&start);
        reader = Box::new(Cursor::new(start).chain(reader));
        let Some(container) = container else { return Ok(reader) };
        if containers.len() == MOST_LAYERS {
            return Err(Refusal::new(
                "it is packed more than twice; expected text packed once",
                WayOut::Unpack("unpack it, and take in what it holds"),
            )
            .into());
        }
        containers.push(container);
        let unpacked = container.unpack(reader)?;
        reader = Box::new(Limited::new(unpacked, container.name(), limit.clone()));
    }
}

/// The encoding that a text has, or that somebody says it has.
fn encoding_of(start: &[u8], asked: Option<Encoding>) -> io::Result<Encoding> {
    let Some(asked) = asked else { return Ok(Encoding::of(start)) };
    match Encoding::marked(start) {
        Some(marked) if marked != asked => {
            let problem =
                format!("its byte order mark says that it is {marked}; expected {asked}, as somebody said");
            Err(Refusal::new(problem, WayOut::Encoding).into())
        }
        _ => Ok(asked),
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
