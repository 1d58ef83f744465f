//! A change of somebody else's, for one who did not know of it.

use std::fmt;

use super::HistoryEntry;
use crate::error::quoted;

/// A change of somebody else's in words: `kim set status to resolved at 2026-05-10 12:00:00Z (because "…")`.
#[derive(Debug, Clone, Copy)]
pub struct Meanwhile<'e>(pub &'e HistoryEntry);

impl fmt::Display for Meanwhile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entry = self.0;
        let who = match entry.run_id {
            Some(run) => format!("run {run} by {}", entry.by),
            None => entry.by.clone(),
        };
        match entry.field.as_str() {
            "note" => write!(f, "{who} wrote a note")?,
            field if entry.new.is_empty() => write!(f, "{who} cleared {field}")?,
            field => write!(f, "{who} set {field} to {}", entry.new)?,
        }
        write!(f, " at {}", entry.at.to_seconds_text())?;
        match entry.why.as_str() {
            "" => Ok(()),
            why => write!(f, " (because {})", quoted(why)),
        }
    }
}
