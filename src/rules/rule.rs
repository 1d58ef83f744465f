//! A rule that can run, and the window that it is asked about.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::head::Head;
use crate::event::Timestamp;
use crate::kusto::MEANING;
use crate::store::{canonical, functions};

/// Where a rule comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It is part of the program.
    Shipped,
    /// It is a file of the analyst's.
    File(PathBuf),
    /// The case keeps it from an earlier run; no file of it is at hand.
    Case,
}

/// A rule whose head and query are sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What its head says.
    pub head: Head,
    /// The one SELECT that finds events, without a semicolon.
    pub select: String,
    /// The names of its columns after the first, `event_id`.
    pub columns: Vec<String>,
    /// The SELECT over the events found, `matched`, that gives the rule's result; None where the rule has none of its
    /// own.
    pub result: Option<String>,
    /// The whole file.
    pub text: String,
    /// The rule's version, whatever its head says: the SHA-256 of what is asked, in hexadecimal.
    pub sha256: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// The version of a query, by which it is known whether another text asks the same.
pub fn version_of(select: &str) -> String {
    functions::sha256_hex(&format!("{MEANING}\n{}", canonical(select)))
}

/// Why an event matches: a condition that holds for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The published column whose value it is about.
    pub column: String,
    /// The operator, as KQL names it.
    pub operator: String,
    /// What was looked for.
    pub needle: String,
}

impl Reason {
    /// The column of a rule that gives them, a JSON array.
    pub const COLUMN: &str = "reasons";
}

/// The event times that a run asks about: after `start`, as `Timestamp > ago(7d)` does, and up to `end`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// Not part of the window itself; None: it has no beginning.
    pub start: Option<Timestamp>,
    /// The window's last instant; None: it has no end.
    pub end: Option<Timestamp>,
}

impl Window {
    /// Whether every time is in it.
    pub const fn is_whole(&self) -> bool {
        self.start.is_none() && self.end.is_none()
    }

    /// Its ends for a comparison, as ticks.
    pub(crate) fn ticks(self) -> (i64, i64) {
        (self.start.map_or(i64::MIN, Timestamp::ticks), self.end.map_or(i64::MAX, Timestamp::ticks))
    }
}
