//! Streams that are packed, and how far they may be unpacked.

use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

use flate2::read::MultiGzDecoder;
use zstd::stream::read::Decoder as ZstdDecoder;

use super::refusal::Refusal;
use crate::error::WayOut;

/// How large a file may become when it is unpacked: a year of events of a large company is a tenth of it.
pub const LARGEST: u64 = 64 << 30;
/// How many times its size a file may become, where that is more than [`SMALL`]. Exports become up to 50 times as large,
/// and the zeros of a bomb 1,000 times and more.
pub const LARGEST_RATIO: u64 = 500;
/// Up to this size it does not matter how large a file becomes.
const SMALL: u64 = 64 << 20;
/// How much memory a stream of zstd may ask for, as a power of two: what its own tools give without being told to.
const WINDOW_LOG: u32 = 27;

/// What a text is packed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// gzip
    Gzip,
    /// zstd
    Zstd,
}

impl Container {
    /// What a stream is packed in, told by its first bytes.
    pub fn of(start: &[u8]) -> Option<Self> {
        match start {
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            // A frame, or one that is to be skipped.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// Unpacks a stream: all of its members or frames, one after the other.
    ///
    /// # Errors
    /// Its first bytes cannot be read.
    pub fn unpack<'r>(self, packed: impl Read + 'r) -> io::Result<Box<dyn Read + 'r>> {
        Ok(match self {
            Self::Gzip => Box::new(MultiGzDecoder::new(packed)),
            Self::Zstd => {
                let mut decoder = ZstdDecoder::new(packed)?;
                decoder.window_log_max(WINDOW_LOG)?;
                Box::new(decoder)
            }
        })
    }
}

/// How many bytes were read of what is packed.
pub type Packed = Rc<RefCell<u64>>;

/// How many bytes something may become when it is unpacked.
#[derive(Clone)]
pub enum Limit {
    /// By how many bytes were read of it.
    Ratio(Packed),
    /// So many.
    Bytes(u64),
}

impl Limit {
    fn bytes(&self) -> u64 {
        match self {
            Self::Ratio(packed) => limit_of(*packed.borrow()),
            Self::Bytes(bytes) => *bytes,
        }
    }
}

/// How many bytes a file of so many may become, all that it holds together.
pub fn limit_of(packed: u64) -> u64 {
    packed.saturating_mul(LARGEST_RATIO).clamp(SMALL, LARGEST)
}

/// Reads what is unpacked, within a limit.
pub struct Limited<R> {
    reader: R,
    /// What it is packed in, for errors.
    container: &'static str,
    limit: Limit,
    unpacked: u64,
}

impl<R: Read> Limited<R> {
    /// Reads `reader`, which unpacks.
    pub fn new(reader: R, container: &'static str, limit: Limit) -> Self {
        Self { reader, container, limit, unpacked: 0 }
    }

    fn check(&self) -> io::Result<()> {
        let limit = self.limit.bytes();
        match self.unpacked > limit {
            true => {
                let problem = format!(
                    "it becomes too large when it is unpacked: more than {limit} bytes; expected at most {LARGEST_RATIO} \
                     times the size of the file, and 64 GiB"
                );
                Err(Refusal::new(problem, WayOut::Unzip).into())
            }
            false => Ok(()),
        }
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer).map_err(|cause| {
            if cause.get_ref().is_some_and(|cause| cause.is::<Refusal>()) {
                return cause;
            }
            let problem = format!("the {} file is damaged or cut off: {cause}", self.container);
            Refusal::new(problem, WayOut::Copy).into()
        })?;
        self.unpacked += count as u64;
        self.check()?;
        Ok(count)
    }
}
