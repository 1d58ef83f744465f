//! Why a file is no export that can be taken in.

use std::{error, fmt, io};

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
        match self {
            Self::Unreadable(cause) => {
                Error::Export { file, problem: format!("cannot be read: {cause}"), way_out: WayOut::None }
            }
            Self::NotOurs { problem, way_out } => Error::Export { file, problem, way_out },
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(cause) => cause.fmt(f),
            Self::NotOurs { problem, .. } => f.write_str(problem),
        }
    }
}

impl error::Error for Refusal {}

/// A reader of rows that meets what cannot be taken in says so by its one kind of error.
impl From<Refusal> for io::Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unreadable(cause) => cause,
            refusal => Self::other(refusal),
        }
    }
}

impl From<io::Error> for Refusal {
    fn from(cause: io::Error) -> Self {
        cause.downcast().unwrap_or_else(Self::Unreadable)
    }
}
