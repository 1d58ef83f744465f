//! The bytes of an export, ready to be read once.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::archive::unreadable;
use super::unpack::{Limit, Limited, Packed};

/// What tells a file from all others: as it lies on disk, packed or not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// How many bytes it has.
    pub size_bytes: u64,
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
}

impl Identity {
    /// That of so many bytes, all of which were hashed.
    pub fn new(size_bytes: u64, hasher: Sha256) -> Self {
        let sha256 = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Self { size_bytes, sha256 }
    }

    /// That of all that a reader gives.
    ///
    /// # Errors
    /// The reader's own.
    pub fn of(reader: &mut impl Read) -> io::Result<Self> {
        let mut hasher = Sha256::new();
        let (mut size_bytes, mut piece) = (0, vec![0; 1 << 20]);
        loop {
            match reader.read(&mut piece)? {
                0 => return Ok(Self::new(size_bytes, hasher)),
                count => {
                    hasher.update(&piece[..count]);
                    size_bytes += count as u64;
                }
            }
        }
    }
}

/// A file, or bytes at hand, that several can read, each at a place of its own.
#[derive(Debug, Clone)]
pub struct Shared {
    bytes: SharedBytes,
    at: u64,
}

#[derive(Debug, Clone)]
enum SharedBytes {
    File(Arc<Mutex<File>>),
    Text(Arc<[u8]>),
}

impl From<File> for Shared {
    fn from(file: File) -> Self {
        Self { bytes: SharedBytes::File(Arc::new(Mutex::new(file))), at: 0 }
    }
}

impl From<Arc<[u8]>> for Shared {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self { bytes: SharedBytes::Text(bytes), at: 0 }
    }
}

impl Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match &self.bytes {
            SharedBytes::File(file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(self.at))?;
                file.read(buffer)?
            }
            SharedBytes::Text(bytes) => {
                let mut cursor = Cursor::new(bytes);
                cursor.set_position(self.at);
                cursor.read(buffer)?
            }
        };
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Shared {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let end = match &self.bytes {
            SharedBytes::File(file) => file.lock().unwrap_or_else(PoisonError::into_inner).metadata()?.len(),
            SharedBytes::Text(bytes) => bytes.len() as u64,
        };
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => end.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// The bytes of an export, ready to be read once.
pub struct Opened {
    bytes: Bytes,
    facts: Facts,
}

enum Bytes {
    Stream(Box<dyn Read + Send>),
    /// A member of an archive, by its place in the directory.
    Member(Box<ZipArchive<Shared>>, usize),
}

/// What is known of bytes before they are read.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The identity of the file that they come from, where it is not what is read.
    pub identity: Option<Identity>,
    /// Whether they are text for sure.
    pub is_text: bool,
    /// How many bytes they may become when they are unpacked, where the bytes read do not tell it.
    limit: Option<u64>,
}

impl Facts {
    /// How many bytes they may become; `read` counts those that are read.
    pub fn limit(&self, read: &Packed) -> Limit {
        self.limit.map_or_else(|| Limit::Ratio(Rc::clone(read)), Limit::Bytes)
    }
}

impl Opened {
    /// A file as it lies.
    pub fn stream(reader: Box<dyn Read + Send>) -> Self {
        Self { bytes: Bytes::Stream(reader), facts: Facts::default() }
    }

    /// What was made of a file, whose identity is known.
    pub fn text(reader: Box<dyn Read + Send>, identity: Identity) -> Self {
        let facts = Facts { identity: Some(identity), is_text: true, limit: None };
        Self { bytes: Bytes::Stream(reader), facts }
    }

    /// A member of an archive, which may become so many bytes.
    pub fn member(archive: ZipArchive<Shared>, index: usize, identity: Identity, limit: u64) -> Self {
        let facts = Facts { identity: Some(identity), is_text: false, limit: Some(limit) };
        Self { bytes: Bytes::Member(Box::new(archive), index), facts }
    }

    /// Has all of it read.
    ///
    /// # Errors
    /// The reader's own, and what is wrong with an archive.
    pub fn read(self, read: impl FnOnce(&mut dyn Read, &Facts) -> io::Result<()>) -> io::Result<()> {
        let Self { bytes, facts } = self;
        match bytes {
            Bytes::Stream(mut reader) => read(&mut reader, &facts),
            Bytes::Member(mut archive, index) => {
                let member = archive.by_index(index).map_err(|cause| unreadable(&cause))?;
                let limit = facts.limit(&Packed::default());
                read(&mut Limited::new(member, "zip", limit), &facts)
            }
        }
    }
}
