//! A rule that can run, and the window that it is asked about.

use std::path::PathBuf;

use super::head::Head;
use crate::event::Timestamp;

/// Where a rule comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It is part of the program.
    Shipped,
    /// It is a file of the analyst's.
    File(PathBuf),
}

/// A rule whose head and query are sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What its head says.
    pub head: Head,
    /// The one SELECT, without a semicolon.
    pub select: String,
    /// The whole file.
    pub text: String,
    /// The SHA-256 of the file, in hexadecimal: the rule's version, whatever its head says.
    pub sha256: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// The event times that a run asks about: after `start`, as `Timestamp > ago(7d)` does, and up to `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Not part of the window itself.
    pub start: Timestamp,
    /// The window's last instant.
    pub end: Timestamp,
}
