//! Excel workbooks (.xlsx, .xlsm) as CSV: the sheets that have our columns, one after another.
//!
//! What is read as CSV elsewhere is read as CSV here: each row of a sheet becomes one record, an empty one an empty line,
//! so that a row's line is its number in the sheet. A further sheet is a further part, with its own heading. Where the
//! table does not begin in the first row, the rows above it become empty lines, and are said.
//!
//! Whoever makes a workbook chooses what it unpacks to. [`limits`] measures that before anything of it is believed, and
//! what reads the workbook runs in threads of its own: a panic there is a refusal here.

mod choose;
mod limits;
mod rows;
mod values;
mod write;

use std::collections::HashSet;
use std::io::{self, BufReader, Read, Seek};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use calamine::{Reader, Xlsx};
use zip::ZipArchive;

use self::choose::{Chosen, choose};
use self::write::Writer;
use super::opened::Identity;
use super::refusal::{Accepted, Refusal};
use super::unpack::limit_of;
use super::{MOST_NAMED, Notice};
use crate::error::WayOut;

/// How many chunks of text may wait to be read.
const CHUNKS_WAITING: usize = 2;
/// How every archive that can be unpacked begins.
const ARCHIVE: [u8; 4] = *b"PK\x03\x04";

/// A workbook whose sheets of ours are found.
pub struct Workbook {
    /// The rows of its sheets.
    pub text: SheetText,
    /// Its sheets.
    pub sheets: Sheets,
    /// The identity of its file.
    pub identity: Identity,
}

/// Opens a workbook; None for a file of another kind, which is then at its beginning again.
///
/// # Errors
/// The file cannot be read, none of its sheets is ours, or it unpacks to more than a workbook does.
pub fn open_workbook<R: Read + Seek + Send + 'static>(mut file: R) -> Accepted<Option<Workbook>> {
    let mut start = [0; ARCHIVE.len()];
    let is_archive = file.read_exact(&mut start).is_ok() && start == ARCHIVE;
    file.rewind()?;
    if !is_archive {
        return Ok(None);
    }
    // Opened once: what is hashed is what is read, whoever replaces the file meanwhile.
    guarded(move || match find_kind(&mut file)? {
        Kind::None => Ok(None),
        Kind::Binary => Err(Refusal::new(
            "this is a binary Excel workbook (.xlsb); expected .xlsx, CSV or JSON",
            WayOut::Workbook,
        )),
        Kind::Workbook => open(file).map(Some),
    })
}

enum Kind {
    None,
    Binary,
    Workbook,
}

fn find_kind(file: &mut (impl Read + Seek)) -> Accepted<Kind> {
    let kind = match ZipArchive::new(BufReader::new(&mut *file)) {
        Ok(archive) if archive.index_for_name("xl/workbook.xml").is_some() => Kind::Workbook,
        Ok(archive) if archive.index_for_name("xl/workbook.bin").is_some() => Kind::Binary,
        // What is wrong with an archive is for others to say.
        _ => Kind::None,
    };
    file.rewind()?;
    Ok(kind)
}

fn open<R: Read + Seek + Send + 'static>(mut file: R) -> Accepted<Workbook> {
    let identity = Identity::of(&mut file)?;
    file.rewind()?;
    let mut file = BufReader::new(file);
    limits::check(&mut file)?;
    file.rewind()?;
    let mut book: Xlsx<_> = Xlsx::new(file).map_err(|cause| unreadable(&cause))?;
    let (chosen, passed) = choose(&mut book)?;
    let sheets = Sheets::new(&chosen, passed);
    let (sender, chunks) = sync_channel(CHUNKS_WAITING);
    let (seen, most) = (sheets.clone(), limit_of(identity.size_bytes));
    thread::spawn(move || write_sheets(&mut book, &chosen, &seen, (&sender, most)));
    Ok(Workbook { text: SheetText { chunks, chunk: Vec::new(), start: 0, is_over: false }, sheets, identity })
}

/// Sends the rows of the chosen sheets; what stops it is sent too, unless nobody listens any more.
fn write_sheets<R: Read + Seek>(
    book: &mut Xlsx<R>,
    chosen: &[Chosen],
    seen: &Sheets,
    (to, most): (&SyncSender<Piece>, u64),
) {
    let mut writer = Writer::new(to, book.has_1904_epoch(), most);
    for sheet in chosen {
        seen.begin(&sheet.name, writer.lines(), sheet.heading);
        if let Err(problem) = writer.write_sheet(book, sheet) {
            _ = to.send(Err(problem));
            return;
        }
    }
    writer.finish();
}

/// Runs what reads a file that anybody may have made. A panic in it is a refusal.
fn guarded<T: Send + 'static>(read: impl FnOnce() -> Accepted<T> + Send + 'static) -> Accepted<T> {
    thread::spawn(read).join().unwrap_or_else(|_| Err(broken("its parts contradict each other")))
}

fn unreadable(cause: &impl std::fmt::Display) -> Refusal {
    broken(&cause.to_string())
}

fn broken(cause: &str) -> Refusal {
    Refusal::new(format!("this Excel workbook cannot be read: {cause}"), WayOut::Workbook)
}

/// A piece of text; an empty one is the end.
type Piece = Result<Vec<u8>, String>;

/// The rows of a workbook's sheets as CSV: UTF-8, commas, a line feed behind each row.
pub struct SheetText {
    chunks: Receiver<Piece>,
    chunk: Vec<u8>,
    start: usize,
    is_over: bool,
}

impl Read for SheetText {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.start == self.chunk.len() && !self.is_over {
            // Who writes says that it is over. Else it panicked.
            let piece =
                self.chunks.recv().unwrap_or_else(|_| Err("its cells contradict each other".to_owned()));
            (self.chunk, self.start) = (piece.map_err(io::Error::other)?, 0);
            self.is_over = self.chunk.is_empty();
        }
        let count = (&self.chunk[self.start..]).read(buffer)?;
        self.start += count;
        Ok(count)
    }
}

/// Which sheets of a workbook are read. Shared with the thread that reads them, which knows on which lines they begin.
#[derive(Debug, Clone, Default)]
pub struct Sheets(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    /// The sheets read so far, with the line on which each begins.
    read: Vec<(String, u64)>,
    /// The lines of their headings.
    headings: HashSet<u64>,
    /// All that are read.
    names: Vec<String>,
    hidden: Vec<String>,
    passed: Vec<String>,
    rows_above: u64,
}

impl Sheets {
    fn new(chosen: &[Chosen], passed: Vec<String>) -> Self {
        let names =
            |of: fn(&&Chosen) -> bool| chosen.iter().filter(of).map(|sheet| sheet.name.clone()).collect();
        Self(Arc::new(Mutex::new(Seen {
            read: Vec::new(),
            headings: HashSet::new(),
            names: names(|_| true),
            hidden: names(|sheet| sheet.is_hidden),
            passed,
            rows_above: chosen.iter().map(|sheet| sheet.rows_above).sum(),
        })))
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A sheet comes behind so many lines; its heading is its row of this number.
    fn begin(&self, name: &str, lines: u64, heading: u64) {
        let mut seen = self.seen();
        seen.read.push((name.to_owned(), lines + 1));
        seen.headings.insert(lines + heading);
    }

    /// Whether a line is the heading of a sheet, whatever the columns are called.
    pub fn has_heading_at(&self, line: u64) -> bool {
        self.seen().headings.contains(&line)
    }

    /// The names of the sheets that are read.
    pub fn names(&self) -> Vec<String> {
        self.seen().names.clone()
    }

    /// What a person should know of them: nothing, where one sheet is all there is. Known at the end.
    pub fn notice(&self) -> Option<Notice> {
        let seen = self.seen();
        let is_plain =
            seen.read.len() < 2 && seen.hidden.is_empty() && seen.passed.is_empty() && seen.rows_above == 0;
        let first = |names: &[String]| names.iter().take(MOST_NAMED).cloned().collect();
        (!is_plain).then(|| Notice::Sheets {
            read: seen.read.iter().take(MOST_NAMED).cloned().collect(),
            more: seen.read.len().saturating_sub(MOST_NAMED) as u64,
            hidden: first(&seen.hidden),
            passed: first(&seen.passed),
            more_passed: seen.passed.len().saturating_sub(MOST_NAMED) as u64,
            rows_above: seen.rows_above,
        })
    }
}

#[cfg(test)]
mod tests;
