//! Why a file is no export that can be taken in.

use std::{fmt, io};

use crate::error::{Error, WayOut};

/// What a file gives, or why it is not taken in.
pub type Accepted<T> = Result<T, Refusal>;

/// Why a file is not taken in.
#[derive(Debug)]
pub enum Refusal {
    /// It cannot be read.
    Unreadable(io::Error),
    /// It is not ours, or not whole enough to be sure of it.
    NotOurs {
        /// What was found, and what was expected.
        problem: String,
        /// What can be done about it.
        way_out: WayOut,
    },
}

impl Refusal {
    /// A refusal with what can be done about it.
    pub fn new(problem: impl Into<String>, way_out: WayOut) -> Self {
        Self::NotOurs { problem: problem.into(), way_out }
    }

    /// The error of the file of this name.
    pub fn of(self, name: &str) -> Error {
        let file = name.to_owned();
        let way_out = match self {
            Self::Unreadable(_) => WayOut::None,
            Self::NotOurs { way_out, .. } => way_out,
        };
        Error::Export { file, problem: self.to_string(), way_out }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(cause) => write!(f, "cannot be read: {cause}"),
            Self::NotOurs { problem, .. } => f.write_str(problem),
        }
    }
}

impl std::error::Error for Refusal {}

/// So that what reads bytes for others can refuse them.
impl From<Refusal> for io::Error {
    fn from(refusal: Refusal) -> Self {
        Self::new(io::ErrorKind::InvalidData, refusal)
    }
}

impl From<io::Error> for Refusal {
    fn from(cause: io::Error) -> Self {
        cause.downcast().unwrap_or_else(Self::Unreadable)
    }
}
