//! Where an export's bytes come from, and how they come a second time.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Where an export's bytes come from.
pub enum Origin {
    /// A file.
    File(PathBuf),
    /// A text that is at hand.
    Text(Arc<[u8]>),
    /// A stream, which can be read but once. What is read is kept in a file without a name until somebody says that it
    /// is not wanted again.
    Stream(Stream),
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
    pub fn open(&mut self) -> io::Result<Box<dyn Read + Send>> {
        match self {
            Self::File(path) => Ok(Box::new(File::open(path)?)),
            Self::Text(bytes) => Ok(Box::new(Cursor::new(Arc::clone(bytes)))),
            Self::Stream(stream) => stream.open(),
        }
    }

    /// Says that a stream need not be kept any longer.
    pub fn forget(&mut self) {
        if let Self::Stream(stream) = self {
            stream.kept.is_over.store(true, Ordering::Relaxed);
        }
    }

    /// Whether it can be opened again while it is being read, or when it was read to its end.
    pub fn is_file(&self) -> bool {
        !matches!(self, Self::Stream(_))
    }

    /// Whether [`Self::open`] gives the bytes again.
    pub fn can_open_again(&self) -> bool {
        match self {
            Self::Stream(stream) => stream.reader.is_some() || !stream.kept.is_over.load(Ordering::Relaxed),
            _ => true,
        }
    }
}

impl Stream {
    fn open(&mut self) -> io::Result<Box<dyn Read + Send>> {
        if let Some(reader) = self.reader.take() {
            return Ok(Box::new(Keeping { reader, kept: Arc::clone(&self.kept) }));
        }
        let file = self.kept.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = match (&*file, self.kept.is_over.load(Ordering::Relaxed)) {
            (Some(file), false) => file.try_clone()?,
            _ => return Err(io::Error::other("it is a stream, which is read but once")),
        };
        file.seek(SeekFrom::Start(0))?;
        Ok(Box::new(file))
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
        origin.open()?.read_to_string(&mut text)?;
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
