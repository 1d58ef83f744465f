//! A finding and what belongs to it.

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};

use super::verdict::{Classification, Determination, Status};
use crate::event::Timestamp;
use crate::rules::Severity;

/// A finding's number, shown as `F-3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FindingId(pub i64);

impl fmt::Display for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "F-{}", self.0)
    }
}

impl FromStr for FindingId {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let digits = text.strip_prefix("F-").or_else(|| text.strip_prefix("f-")).unwrap_or(text);
        let number =
            digits.parse().ok().filter(|number| *number > 0 && digits.bytes().all(|b| b.is_ascii_digit()));
        number.map(Self).ok_or_else(|| format!("found {text:?}, expected a finding such as F-3"))
    }
}

/// What a rule says of a device, and what analysts said of that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its number.
    pub id: FindingId,
    /// The rule's name.
    pub rule: String,
    /// The device's id, `""` where the exports have none.
    pub device_id: String,
    /// The device's name in its newest event.
    pub device_name: String,
    /// Where the work stands.
    pub status: Status,
    /// What was concluded.
    pub classification: Classification,
    /// Why.
    pub determination: Determination,
    /// How much it matters.
    pub severity: Severity,
    /// Who works on it, `""` for nobody.
    pub assigned_to: String,
    /// Its tags, sorted.
    pub tags: Vec<String>,
    /// How many events are its evidence.
    pub events: i64,
    /// The first of them.
    pub first_activity: Timestamp,
    /// The last of them.
    pub last_activity: Timestamp,
    /// When a run raised it.
    pub created_at: Timestamp,
    /// When it was resolved; None when it is not.
    pub resolved_at: Option<Timestamp>,
    /// How often it was reopened.
    pub reopen_count: i64,
    /// How many notes it has.
    pub notes: i64,
}

/// An event that is evidence, and why it is.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "the fields are the columns of DeviceProcessEvents that their names say")]
pub struct Evidence {
    pub event_id: i64,
    pub time: Timestamp,
    pub report_id: Option<i64>,
    pub device_name: String,
    pub file_name: String,
    pub folder_path: String,
    pub sha1: String,
    pub sha256: String,
    pub process_id: Option<i64>,
    pub command_line: String,
    pub account_domain: String,
    pub account_name: String,
    pub initiating_file_name: String,
    pub initiating_process_id: Option<i64>,
    pub initiating_command_line: String,
    pub parent_file_name: String,
    pub parent_process_id: Option<i64>,
    /// The rule's own columns: which condition held, for which word, by parent or grandparent.
    pub reason: Map<String, Value>,
    /// The SHA-256 of the rule's version.
    pub rule_sha256: String,
    /// The run that brought it.
    pub run_id: i64,
    /// Where the event came from.
    pub import_id: i64,
    /// The name of that file.
    pub import_file_name: String,
    /// The line of its row there.
    pub line: i64,
}

/// A distinct command line of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    /// The command line.
    pub text: String,
    /// How many events have it.
    pub events: i64,
}

/// A dated remark.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are what their names say")]
pub struct Note {
    pub at: Timestamp,
    pub by: String,
    pub text: String,
}

/// One change of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are what their names say")]
pub struct HistoryEntry {
    pub at: Timestamp,
    pub by: String,
    pub field: String,
    pub old: String,
    pub new: String,
    pub why: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_with_or_without_its_letter() {
        for text in ["F-3", "f-3", "3"] {
            assert_eq!(text.parse(), Ok(FindingId(3)), "{text}");
        }
        for text in ["", "F-", "F-0", "F--1", "F-x", "-3", "+3", "F-99999999999999999999"] {
            assert!(text.parse::<FindingId>().is_err(), "{text}");
        }
    }
}
