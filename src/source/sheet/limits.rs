//! What a workbook unpacks to, measured before it is read.
//!
//! An archive says of its entries what its maker likes. So each is unpacked once, to nowhere, and counted. What the reader
//! of workbooks takes on trust, such as the number of texts that it makes room for, is looked at as well.

use std::io::{Read, Seek};

use memchr::{memchr, memchr_iter, memmem, memrchr};
use zip::ZipArchive;

use super::{broken, unreadable};
use crate::error::WayOut;
use crate::source::refusal::{Accepted, Refusal};

/// How much a sheet may unpack to. A sheet is read as a stream.
const LARGEST_SHEET: u64 = 1 << 30;
/// How much the texts that cells share may unpack to: they are held in memory.
const LARGEST_TEXTS: u64 = 256 << 20;
/// How many texts cells may share.
const MOST_TEXTS: u64 = 16 << 20;
/// How much the styles may unpack to: held in memory, as many times their size.
const LARGEST_STYLES: u64 = 16 << 20;
/// How much any other entry may.
const LARGEST_ENTRY: u64 = 64 << 20;
/// How much all of them may.
const LARGEST_BOOK: u64 = 4 << 30;
/// How many entries there may be.
const MOST_ENTRIES: usize = 10_000;
/// The longest text between two tags. A cell of Excel holds 32,767 characters.
const LONGEST_TEXT: usize = 16 << 20;
/// How much of the shared texts may stand before the first of them.
const LONGEST_HEAD: usize = 4096;
const CHUNK: usize = 64 << 10;

/// Looks at every entry of a workbook.
///
/// # Errors
/// It cannot be unpacked, or unpacks to more than a workbook does.
pub fn check(file: &mut (impl Read + Seek)) -> Accepted<()> {
    let mut archive = ZipArchive::new(file).map_err(|cause| unreadable(&cause))?;
    if archive.len() > MOST_ENTRIES {
        return Err(too_large(format!("it has {} entries, more than {MOST_ENTRIES}", archive.len())));
    }
    let mut left = LARGEST_BOOK;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|cause| unreadable(&cause))?;
        let name = entry.name().map_err(|cause| unreadable(&cause))?.into_owned();
        let part = Part::of(&name);
        left -= Measure::new(part, &name, part.most().min(left)).count(entry)?;
    }
    Ok(())
}

/// What an entry may be read as. Told by what the reader looks for, not by what the workbook calls it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Sheet,
    Texts,
    Styles,
    Other,
}

impl Part {
    fn of(name: &str) -> Self {
        let path = name.replace('\\', "/").to_ascii_lowercase();
        match path.rsplit('/').next() {
            Some("sharedstrings.xml") => Self::Texts,
            Some("styles.xml") => Self::Styles,
            _ if path.contains("worksheets/") => Self::Sheet,
            _ => Self::Other,
        }
    }

    const fn most(self) -> u64 {
        match self {
            Self::Sheet => LARGEST_SHEET,
            Self::Texts => LARGEST_TEXTS,
            Self::Styles => LARGEST_STYLES,
            Self::Other => LARGEST_ENTRY,
        }
    }
}

/// What was counted of one entry.
struct Measure<'a> {
    part: Part,
    name: &'a str,
    most: u64,
    bytes: u64,
    texts: u64,
    /// How many bytes stand behind the last tag's beginning.
    behind_tag: usize,
}

impl<'a> Measure<'a> {
    fn new(part: Part, name: &'a str, most: u64) -> Self {
        Self { part, name, most, bytes: 0, texts: 0, behind_tag: 0 }
    }

    fn count(mut self, mut entry: impl Read) -> Accepted<u64> {
        let mut chunk = Vec::with_capacity(CHUNK);
        loop {
            chunk.clear();
            let count = entry.by_ref().take(CHUNK as u64).read_to_end(&mut chunk);
            let count = count.map_err(|cause| broken(&format!("{}: {cause}", self.name)))?;
            if count == 0 {
                return Ok(self.bytes);
            }
            if self.bytes == 0 && self.part == Part::Texts {
                check_head(&chunk)?;
            }
            self.bytes += count as u64;
            if self.bytes > self.most {
                return Err(too_large(format!("{} unpacks to more than {} MiB", self.name, self.most >> 20)));
            }
            if self.part != Part::Other {
                self.look_at(&chunk)?;
            }
        }
    }

    fn look_at(&mut self, chunk: &[u8]) -> Accepted<()> {
        // UTF-16 hides from here what it shows to the reader.
        if memchr(0, chunk).is_some() {
            return Err(broken(&format!("{} is no UTF-8", self.name)));
        }
        if self.part == Part::Texts {
            let starts = |name: &[u8]| memmem::find_iter(chunk, name).count() as u64;
            self.texts += starts(b"<si") + starts(b":si");
            if self.texts > MOST_TEXTS {
                return Err(too_large(format!("its cells share more than {MOST_TEXTS} texts")));
            }
        }
        let mut last = 0;
        for tag in memchr_iter(b'<', chunk) {
            self.check_gap(tag - last)?;
            (last, self.behind_tag) = (tag, 0);
        }
        let behind = chunk.len() - last;
        self.check_gap(behind)?;
        self.behind_tag += behind;
        Ok(())
    }

    fn check_gap(&self, more: usize) -> Accepted<()> {
        match self.behind_tag + more > LONGEST_TEXT {
            true => {
                Err(too_large(format!("{} has a text of more than {} MiB", self.name, LONGEST_TEXT >> 20)))
            }
            false => Ok(()),
        }
    }
}

/// Checks for how many texts the reader will make room before it sees any: `uniqueCount` of the first tag.
fn check_head(chunk: &[u8]) -> Accepted<()> {
    let head = String::from_utf8_lossy(&chunk[..chunk.len().min(LONGEST_HEAD)]);
    let mut rest = head.trim_start_matches('\u{feff}').trim_start();
    while let Some(behind) = rest.strip_prefix("<?") {
        let Some((_, behind)) = behind.split_once("?>") else { return Err(unusual_head()) };
        rest = behind.trim_start();
    }
    // A comment or a document type before it could say anything.
    let tag = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
    let Some((tag, _)) = tag.filter(|(tag, _)| is_whole_tag(tag)) else { return Err(unusual_head()) };
    for (at, key) in tag.match_indices("uniqueCount") {
        let value =
            tag[at + key.len()..].trim_start_matches(|c: char| c.is_ascii_whitespace() || "='\"".contains(c));
        let digits = value.trim_start_matches(['+', '0']);
        let count = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        if digits[..count].parse().map_or(count > 0, |texts: u64| texts > MOST_TEXTS) {
            return Err(too_large(format!(
                "it claims to share {} texts, more than {MOST_TEXTS}",
                &digits[..count]
            )));
        }
    }
    Ok(())
}

fn is_whole_tag(tag: &str) -> bool {
    let name = tag.split(|c: char| c.is_ascii_whitespace() || c == '/').next().unwrap_or_default();
    let local = memrchr(b':', name.as_bytes()).map_or(name, |at| &name[at + 1..]);
    local == "sst" && ['"', '\''].iter().all(|quote| tag.matches(*quote).count() % 2 == 0)
}

fn unusual_head() -> Refusal {
    broken("its shared texts do not begin as such")
}

fn too_large(what: String) -> Refusal {
    Refusal::new(format!("this Excel workbook is larger than is read: {what}"), WayOut::Workbook)
}
