//! The crate's one error type, grouped by what its reader can do about it, and the exit codes.

use std::path::PathBuf;

/// A result with the crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// The meaning of each exit code. The README's table agrees with these by test.
pub mod exit {
    /// Done.
    pub const DONE: u8 = 0;
    /// Something failed at run time: an export was refused, a file could not be written.
    pub const FAILED: u8 = 1;
    /// The command line was not understood, or a value in it is not allowed.
    pub const USAGE: u8 = 2;
    /// Nothing to read: no such file, case, finding or rule.
    pub const NOTHING: u8 = 3;
    /// Finished, but a rule could not run, or rows were rejected under `--strict`.
    pub const INCOMPLETE: u8 = 4;
    /// The case is locked by another program, written by a newer version, or damaged.
    pub const CASE: u8 = 5;
    /// A condition that `--fail-on` named holds.
    pub const GATE: u8 = 10;
}

/// Why a command could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An export that cannot be taken in: what was found, and what was expected.
    #[error("{file}: {problem}")]
    Export {
        /// The file as it was named.
        file: String,
        /// What was found and what was expected.
        problem: String,
    },
    /// A file that could not be read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A rule with a broken head or query.
    #[error("{file} line {line}: {problem}")]
    Rule {
        /// The rule's file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// Rules that could not run, each with its cause. The others did.
    #[error("{} {} failed: {}", .0.len(), if .0.len() == 1 { "rule" } else { "rules" }, .0.join("; "))]
    RulesFailed(Vec<String>),
    /// Rows that were rejected, under `--strict`.
    #[error("rows rejected: {0}")]
    RowsRejected(u64),
    /// A condition of `--fail-on` that holds.
    #[error("--fail-on {0} holds")]
    Gate(String),
    /// The case file is locked, newer than this program, or damaged.
    #[error("{path}: {problem}", path = path.display())]
    Case {
        /// The case file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A user's SQL that cannot run.
    #[error("{0}")]
    Query(String),
    /// Something named that is not there.
    #[error("no {what} {name:?}")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// Its name as given.
        name: String,
    },
    /// A value that is not allowed, with what is.
    #[error("{0}")]
    Usage(String),
    /// The case's database failed.
    #[error("the case's database: {source}")]
    Database {
        /// Whether another program holds the case.
        locked: bool,
        /// Whether the file is no sound database.
        damaged: bool,
        /// SQLite's own words.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Output that could not be written.
    #[error("{0}")]
    Output(#[from] std::io::Error),
}

impl Error {
    /// The exit code that tells a script what happened.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => exit::USAGE,
            Self::NotFound { .. } => exit::NOTHING,
            Self::File { source, .. } if source.kind() == std::io::ErrorKind::NotFound => exit::NOTHING,
            Self::Rule { .. } | Self::RulesFailed(_) | Self::RowsRejected(_) => exit::INCOMPLETE,
            Self::Case { .. } => exit::CASE,
            Self::Gate(_) => exit::GATE,
            Self::Database { locked, damaged, .. } if *locked || *damaged => exit::CASE,
            _ => exit::FAILED,
        }
    }

    /// What to do about it, where there is something to do.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotFound { what: "case", .. } => Some("make one with: huntcase run EXPORT.csv"),
            Self::NotFound { what: "rule", .. } => Some("see the rules with: huntcase rules list"),
            Self::NotFound { what: "finding", .. } => Some("see the findings with: huntcase findings --all"),
            Self::NotFound { what: "import", .. } => Some("see the imports with: huntcase imports list"),
            Self::RowsRejected(_) => Some("see them with: huntcase imports show N --rejects"),
            Self::Database { locked: true, .. } => Some("another program has the case open; try again"),
            _ => None,
        }
    }
}
