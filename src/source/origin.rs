//! Where an export's bytes come from, and how they come a second time.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use zip::ZipArchive;

use super::encoding::Encoding;
use super::opened::{Identity, Opened, Shared};

/// Where an export's bytes come from.
pub enum Origin {
    /// A file.
    File(PathBuf),
    /// A text that is at hand.
    Text(Arc<[u8]>),
    /// A stream, which can be read but once. What is read is kept in a file without a name until somebody says that it
    /// is not wanted again.
    Stream(Stream),
    /// A member of an archive.
    Member(Member),
    /// A member of an archive that was unpacked, since it is read here and there.
    Spooled(Spooled),
    /// Any of these, of which somebody says the encoding.
    Encoded(Box<Self>, Encoding),
}

/// A member of an archive.
pub struct Member {
    pub(super) archive: ZipArchive<Shared>,
    /// Its place in the archive's directory.
    pub(super) index: usize,
    /// The identity of the file that the archive is in.
    pub(super) identity: Identity,
    /// How many bytes it may become.
    pub(super) limit: u64,
    pub(super) name: String,
}

/// A member of an archive that was unpacked.
pub struct Spooled {
    pub(super) file: Shared,
    /// The identity of the file that the archive is in.
    pub(super) identity: Identity,
    pub(super) name: String,
}

/// A stream of which the beginning is kept.
pub struct Stream {
    /// None once it was opened.
    reader: Option<Box<dyn Read + Send>>,
    kept: Arc<Kept>,
}

#[derive(Default)]
struct Kept {
    file: Mutex<Option<File>>,
    /// Whether nobody wants it any more, or it could not be written.
    is_over: AtomicBool,
}

impl Origin {
    /// A stream.
    pub fn stream(reader: Box<dyn Read + Send>) -> Self {
        Self::Stream(Stream { reader: Some(reader), kept: Arc::default() })
    }

    /// Opens it at its beginning. A stream that was opened before must have been read to its end.
    ///
    /// # Errors
    /// It cannot be opened, or no longer.
    pub fn open(&mut self) -> io::Result<Opened> {
        Ok(match self {
            Self::File(path) => Opened::stream(Box::new(File::open(path)?)),
            Self::Text(bytes) => Opened::stream(Box::new(Cursor::new(Arc::clone(bytes)))),
            Self::Stream(stream) => Opened::stream(stream.open()?),
            Self::Member(Member { archive, index, identity, limit, .. }) => {
                Opened::member(archive.clone(), *index, identity.clone(), *limit)
            }
            Self::Spooled(spooled) => Opened::text(Box::new(spooled.file.clone()), spooled.identity.clone()),
            Self::Encoded(origin, _) => origin.open()?,
        })
    }

    /// Its first bytes, up to so many. A stream gives them again when it is opened; a member of an archive tells none, since
    /// one of interest is spooled.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn peek(&mut self, most: u64) -> io::Result<Vec<u8>> {
        let mut start = Vec::new();
        match self {
            Self::File(path) => _ = File::open(path)?.take(most).read_to_end(&mut start)?,
            Self::Text(bytes) => start.extend(bytes.iter().take(most as usize)),
            Self::Stream(stream) => start = stream.peek(most)?,
            Self::Encoded(origin, _) => start = origin.peek(most)?,
            Self::Spooled(spooled) => _ = spooled.file.clone().take(most).read_to_end(&mut start)?,
            Self::Member(_) => {}
        }
        Ok(start)
    }

    /// Its bytes, to be read here and there. A stream is read to its end for that.
    ///
    /// # Errors
    /// It cannot be opened, or no longer.
    pub fn share(&mut self) -> io::Result<Shared> {
        match self {
            Self::File(path) => Ok(Shared::from(File::open(path)?)),
            Self::Text(bytes) => Ok(Shared::from(Arc::clone(bytes))),
            Self::Stream(stream) => {
                io::copy(&mut stream.open()?, &mut io::sink())?;
                Ok(Shared::from(stream.kept_file()?))
            }
            Self::Spooled(spooled) => Ok(spooled.file.clone()),
            Self::Encoded(origin, _) => origin.share(),
            Self::Member(_) => Err(io::Error::other("a member of an archive is read from its beginning")),
        }
    }

    /// The name of the archive's member that it is; `""` for a file that is an export itself.
    pub fn member(&self) -> &str {
        match self {
            Self::Member(member) => &member.name,
            Self::Spooled(spooled) => &spooled.name,
            Self::Encoded(origin, _) => origin.member(),
            Self::File(_) | Self::Text(_) | Self::Stream(_) => "",
        }
    }

    /// The identity of the file that it is in, where it is known before it is read.
    pub fn identity(&self) -> Option<&Identity> {
        match self {
            Self::Member(member) => Some(&member.identity),
            Self::Spooled(spooled) => Some(&spooled.identity),
            Self::Encoded(origin, _) => origin.identity(),
            Self::File(_) | Self::Text(_) | Self::Stream(_) => None,
        }
    }

    /// The encoding that somebody says it has.
    pub fn encoding(&self) -> Option<Encoding> {
        match self {
            Self::Encoded(_, encoding) => Some(*encoding),
            _ => None,
        }
    }

    /// Says that a stream need not be kept any longer.
    pub fn forget(&mut self) {
        match self {
            Self::Stream(stream) => stream.kept.is_over.store(true, Ordering::Relaxed),
            Self::Encoded(origin, _) => origin.forget(),
            _ => {}
        }
    }

    /// Whether it can be opened again while it is being read, or when it was read to its end.
    pub fn is_file(&self) -> bool {
        match self {
            Self::Stream(_) => false,
            Self::Encoded(origin, _) => origin.is_file(),
            _ => true,
        }
    }

    /// Whether [`Self::open`] gives the bytes again.
    pub fn can_open_again(&self) -> bool {
        match self {
            Self::Stream(stream) => stream.reader.is_some() || !stream.kept.is_over.load(Ordering::Relaxed),
            Self::Encoded(origin, _) => origin.can_open_again(),
            _ => true,
        }
    }
}

impl Stream {
    fn open(&mut self) -> io::Result<Box<dyn Read + Send>> {
        if let Some(reader) = self.reader.take() {
            return Ok(Box::new(Keeping { reader, kept: Arc::clone(&self.kept) }));
        }
        Ok(Box::new(self.kept_file()?))
    }

    /// What was kept, at its beginning.
    fn kept_file(&self) -> io::Result<File> {
        let file = self.kept.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = match (&*file, self.kept.is_over.load(Ordering::Relaxed)) {
            (Some(file), false) => file.try_clone()?,
            _ => return Err(io::Error::other("it is a stream, which is read but once")),
        };
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }

    fn peek(&mut self, most: u64) -> io::Result<Vec<u8>> {
        let mut start = Vec::new();
        if let Some(mut reader) = self.reader.take() {
            reader.by_ref().take(most).read_to_end(&mut start)?;
            self.reader = Some(Box::new(Cursor::new(start.clone()).chain(reader)));
        } else {
            self.kept_file()?.take(most).read_to_end(&mut start)?;
        }
        Ok(start)
    }
}

/// Reads a stream and keeps what it read.
struct Keeping {
    reader: Box<dyn Read + Send>,
    kept: Arc<Kept>,
}

impl Read for Keeping {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        if !self.kept.is_over.load(Ordering::Relaxed) && self.kept.write(&buffer[..count]).is_err() {
            // What cannot be kept, on a full disk for instance, cannot be read again.
            self.kept.is_over.store(true, Ordering::Relaxed);
        }
        Ok(count)
    }
}

impl Kept {
    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if file.is_none() {
            *file = Some(tempfile::tempfile()?);
        }
        file.as_mut().map_or(Ok(()), |file| file.write_all(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(origin: &mut Origin) -> io::Result<String> {
        let mut text = String::new();
        origin.open()?.read(|reader, _| reader.read_to_string(&mut text).map(drop))?;
        Ok(text)
    }

    #[test]
    fn a_stream_comes_again_until_it_is_forgotten() {
        let mut origin = Origin::stream(Box::new(Cursor::new(b"one\ntwo\n".to_vec())));
        for _ in 0..3 {
            assert!(origin.can_open_again());
            assert_eq!(text(&mut origin).unwrap(), "one\ntwo\n");
        }
        origin.forget();
        assert!(!origin.can_open_again());
        assert!(text(&mut origin).is_err());
    }

    #[test]
    fn a_text_comes_as_often_as_it_is_opened() {
        let mut origin = Origin::Text(b"one".as_slice().into());
        assert_eq!(
            (text(&mut origin).unwrap(), text(&mut origin).unwrap()),
            ("one".to_owned(), "one".to_owned())
        );
    }
}
