//! Archives, whose members are exports of their own.
//!
//! Names of members are only ever names: nothing is written under them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Seek, SeekFrom};

use zip::ZipArchive;
use zip::result::ZipError;

use super::names::{EXPORT_NAMES, is_named_like_export};
use super::opened::{Identity, Opened, Shared};
use super::origin::{Member, Origin, Spooled};
use super::refusal::{Accepted, Refusal};
use super::unpack::limit_of;
use crate::error::{Error, Result, WayOut};

/// How every archive begins, an empty one too.
const BEGINNINGS: [[u8; 4]; 2] = [*b"PK\x03\x04", *b"PK\x05\x06"];
/// The file that only a workbook has.
const WORKBOOKS: [&str; 2] = ["xl/workbook.xml", "xl/workbook.bin"];
/// How many members an archive may have.
const MOST_MEMBERS: usize = 10_000;
/// How many of them may be archives or workbooks, each of which is unpacked to a file.
const MOST_SPOOLED: usize = 100;
/// How many bytes may say what its members are called: all of their names are held at once.
const LARGEST_DIRECTORY: u64 = 8 << 20;
/// Where an archive says how large its directory is.
const END: [u8; 4] = *b"PK\x05\x06";
/// Where one that is too large for that says it, and how many members it has.
const LARGE_END: [u8; 4] = *b"PK\x06\x06";
/// How far from the end that may stand: behind it comes a comment.
const FARTHEST_END: u64 = (64 << 10) + 128;

/// One export of a file.
pub struct Part {
    /// The file's name, with that of the member behind it.
    pub name: String,
    /// Where its bytes come from, or why they cannot be read.
    pub origin: Result<Origin>,
}

/// The exports that a file holds: those of an archive in the order of their names, else the file itself.
///
/// # Errors
/// The file cannot be read, or is an archive that is damaged or holds no export.
pub fn unfold(name: &str, mut origin: Origin) -> Result<Vec<Part>> {
    match open_archive(&mut origin) {
        Ok(None) => Ok(vec![Part { name: name.to_owned(), origin: Ok(origin) }]),
        Ok(Some(archive)) => {
            let parts = archive.unfold(name, true, &mut 0).map_err(|refusal| refusal.of(name))?;
            Ok(refuse_namesakes(parts))
        }
        Err(refusal) => Err(refusal.of(name)),
    }
}

/// A member of an archive in it may have the whole name of another member: an import is known by it.
fn refuse_namesakes(mut parts: Vec<Part>) -> Vec<Part> {
    let mut names = BTreeSet::new();
    for Part { name, origin } in &mut parts {
        if let Ok(member) = origin
            && !names.insert(member.member().to_owned())
        {
            let problem = "another member has the same whole name; expected each to have its own";
            *origin = Err(Refusal::new(problem, WayOut::Unzip).of(name));
        }
    }
    parts
}

/// An archive that is no workbook.
struct Archive {
    zip: ZipArchive<Shared>,
    /// The identity of the file on disk, and the member of it that this is.
    identity: Identity,
    member: String,
    /// How many bytes its members have, and how many they may become, all together.
    packed: u64,
    limit: u64,
}

fn open_archive(origin: &mut Origin) -> Accepted<Option<Archive>> {
    if !is_archive(&origin.peek(4)?) {
        return Ok(None);
    }
    let mut file = origin.share()?;
    let Some(zip) = open_zip(&file)? else { return Ok(None) };
    file.rewind()?;
    let identity = Identity::of(&mut file)?;
    let limit = limit_of(identity.size_bytes);
    Ok(Some(Archive { packed: packed_size(&zip)?, zip, identity, member: String::new(), limit }))
}

/// Whether bytes are the first of an archive, or of a workbook.
pub fn is_archive(start: &[u8]) -> bool {
    BEGINNINGS.iter().any(|beginning| start.starts_with(beginning))
}

/// None for a workbook.
fn open_zip(file: &Shared) -> Accepted<Option<ZipArchive<Shared>>> {
    check_directory(file.clone())?;
    let mut zip = ZipArchive::new(file.clone()).map_err(|cause| unreadable(&cause))?;
    if WORKBOOKS.iter().any(|name| zip.index_for_name(name).is_some()) {
        return Ok(None);
    }
    if zip.has_duplicate_names() {
        return Err(same_names());
    }
    if zip.len() > MOST_MEMBERS {
        return Err(too_many(zip.len() as u64));
    }
    if zip.has_overlapping_files().map_err(|cause| unreadable(&cause))? {
        let problem = "two members of the archive share bytes; expected each to have its own";
        return Err(Refusal::new(problem, WayOut::Unzip));
    }
    Ok(Some(zip))
}

/// Checks how many members an archive says that it has, and how large its directory is, before that is read. Without a
/// place for large ones there are fewer than 65,536.
fn check_directory(mut file: Shared) -> Accepted<()> {
    let end = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(end.saturating_sub(FARTHEST_END)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let long = |at: usize| Some(u64::from_le_bytes(tail.get(at..at + 8)?.try_into().ok()?));
    let short = |at: usize| Some(u64::from(u32::from_le_bytes(tail.get(at..at + 4)?.try_into().ok()?)));
    for at in memchr::memmem::find_iter(&tail, &LARGE_END) {
        if let Some(count) = long(at + 32).filter(|count| *count > MOST_MEMBERS as u64) {
            return Err(too_many(count));
        }
    }
    let large = memchr::memmem::find_iter(&tail, &LARGE_END).filter_map(|at| long(at + 40));
    // Where it stands at the other place, each of these bits is set.
    let small = memchr::memmem::find_iter(&tail, &END).filter_map(|at| short(at + 12));
    match large.chain(small.filter(|size| *size != u64::from(u32::MAX))).max() {
        Some(size) if size > LARGEST_DIRECTORY => {
            let problem = format!(
                "the names of the archive's members take {size} bytes; expected at most {LARGEST_DIRECTORY}"
            );
            Err(Refusal::new(problem, WayOut::Unzip))
        }
        _ => Ok(()),
    }
}

fn same_names() -> Refusal {
    Refusal::new("two members of the archive have one name; expected each to have its own", WayOut::Unzip)
}

fn too_many(count: u64) -> Refusal {
    let problem = format!("the archive has {count} members; expected at most {MOST_MEMBERS}");
    Refusal::new(problem, WayOut::Unzip)
}

/// What is wrong with an archive or a member of one.
pub fn unreadable(cause: &ZipError) -> Refusal {
    if let ZipError::Io(cause) = cause
        && let Some(cause) = cause.get_ref().and_then(|cause| cause.downcast_ref::<ZipError>())
    {
        return unreadable(cause);
    }
    match cause {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            Refusal::new("it is packed with a password", WayOut::Unzip)
        }
        ZipError::CompressionMethodNotSupported(_) | ZipError::UnsupportedArchive(_) => {
            Refusal::new(format!("it is packed in a way that is not read: {cause}"), WayOut::Unzip)
        }
        cause => Refusal::new(format!("the zip file is damaged or cut off: {cause}"), WayOut::Copy),
    }
}

impl Archive {
    /// Its exports; those of archives in it too, where it is the outer one. `spooled` counts what was unpacked to files.
    fn unfold(mut self, name: &str, is_outer: bool, spooled: &mut usize) -> Accepted<Vec<Part>> {
        let (exports, others) = self.list()?;
        if exports.is_empty() {
            return Err(without_exports(&others));
        }
        let mut parts = Vec::new();
        for (member, index) in exports {
            let part_name = format!("{name}/{member}");
            match self.unfold_member(index, &member, &part_name, is_outer, spooled) {
                Ok(of_member) => parts.extend(of_member),
                Err(refusal) => {
                    let error: Error = refusal.of(&part_name);
                    parts.push(Part { name: part_name, origin: Err(error) });
                }
            }
        }
        Ok(parts)
    }

    /// The members that may be exports with their places, in the order of their names; and the names of the others.
    fn list(&self) -> Accepted<(BTreeMap<String, usize>, Vec<String>)> {
        let (mut exports, mut others) = (BTreeMap::new(), Vec::new());
        let mut files = Vec::new();
        for index in 0..self.zip.len() {
            let entry = self.zip.by_index_data(index).map_err(|cause| unreadable(&cause))?;
            let name = self.zip.name_for_index(index).transpose().map_err(|cause| unreadable(&cause))?;
            let name = name.unwrap_or_default().into_owned();
            if !entry.is_dir() && !is_passed_over(&name) {
                files.push((name, index));
            }
        }
        let is_alone = files.len() == 1;
        for (name, index) in files {
            if is_alone || is_named_like_export(name.as_ref()) {
                if exports.insert(name, index).is_some() {
                    return Err(same_names());
                }
            } else {
                others.push(name);
            }
        }
        Ok((exports, others))
    }

    fn unfold_member(
        &mut self,
        index: usize,
        member: &str,
        part_name: &str,
        is_outer: bool,
        spooled: &mut usize,
    ) -> Accepted<Vec<Part>> {
        let limit = self.limit_of_member(index)?;
        let name = match self.member.as_str() {
            "" => member.to_owned(),
            outer => format!("{outer}/{member}"),
        };
        let identity = self.identity.clone();
        let part = |origin| Ok(vec![Part { name: part_name.to_owned(), origin: Ok(origin) }]);
        if !self.is_archive(index)? {
            return part(Origin::Member(Member { archive: self.zip.clone(), index, identity, limit, name }));
        }
        if *spooled >= MOST_SPOOLED {
            let problem =
                format!("it is one of more than {MOST_SPOOLED} archives and workbooks in the archive");
            return Err(Refusal::new(problem, WayOut::Unzip));
        }
        *spooled += 1;
        let file = spool(Opened::member(self.zip.clone(), index, identity.clone(), limit))?;
        match open_zip(&file)? {
            None => part(Origin::Spooled(Spooled { file, identity, name })),
            Some(zip) if is_outer => {
                let packed = packed_size(&zip)?;
                Self { zip, identity, member: name, packed, limit }.unfold(part_name, false, spooled)
            }
            Some(_) => Err(Refusal::new("it is an archive in an archive in an archive", WayOut::Unzip)),
        }
    }

    /// A member's share of what all may become: one half goes by size, the other in equal parts.
    fn limit_of_member(&self, index: usize) -> Accepted<u64> {
        let size = self.zip.by_index_data(index).map_err(|cause| unreadable(&cause))?.compressed_size();
        let half = self.limit / 2;
        let by_size = u128::from(half) * u128::from(size) / u128::from(self.packed.max(1));
        Ok(u64::try_from(by_size).unwrap_or(half).min(half) + half / self.zip.len().max(1) as u64)
    }

    fn is_archive(&mut self, index: usize) -> Accepted<bool> {
        let mut start = [0; 4];
        let mut opened = self.zip.by_index(index).map_err(|cause| unreadable(&cause))?;
        let length = read_up_to(&mut opened, &mut start).map_err(|cause| unreadable(&ZipError::Io(cause)))?;
        Ok(is_archive(&start[..length]))
    }
}

/// How many bytes the members have, packed.
fn packed_size(zip: &ZipArchive<Shared>) -> Accepted<u64> {
    let mut total = 0_u64;
    for index in 0..zip.len() {
        let entry = zip.by_index_data(index).map_err(|cause| unreadable(&cause))?;
        total = total.saturating_add(entry.compressed_size());
    }
    Ok(total)
}

/// Whether a member is a shell's or a system's own: those that begin with a dot, and what macOS adds.
fn is_passed_over(name: &str) -> bool {
    name.split(['/', '\\'])
        .any(|part| part == "__MACOSX" || (part.starts_with('.') && !part.trim_matches('.').is_empty()))
}

fn without_exports(others: &[String]) -> Refusal {
    let shown: Vec<String> = others.iter().take(5).map(|name| format!("{name:?}")).collect();
    let found = match (others.len() - shown.len(), shown.is_empty()) {
        (_, true) => "no file".to_owned(),
        (0, _) => shown.join(", "),
        (more, _) => format!("{} and {more} more", shown.join(", ")),
    };
    Refusal::new(
        format!("the archive holds no export: found {found}; expected {EXPORT_NAMES}"),
        WayOut::Unzip,
    )
}

/// Keeps what is unpacked in a file without a name.
fn spool(opened: Opened) -> io::Result<Shared> {
    let mut file = tempfile::tempfile()?;
    opened.read(|reader, _| io::copy(reader, &mut file).map(drop))?;
    Ok(Shared::from(file))
}

fn read_up_to(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match reader.read(&mut buffer[length..])? {
            0 => break,
            count => length += count,
        }
    }
    Ok(length)
}
