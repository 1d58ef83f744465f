//! A finding and what belongs to it.

use serde_json::{Map, Value};

use super::history::{read_time, time_value};
use super::verdict::{Classification, Determination, Status};
use super::{FindingId, HuntId, SuppressionId};
use crate::event::Timestamp;
use crate::rules::{Reason, Severity};

/// What a rule says of a device, and what analysts said of that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its number.
    pub id: FindingId,
    /// The rule's number in the case.
    pub rule_key: i64,
    /// The rule's name.
    pub rule: String,
    /// The hunt that the rule belongs to.
    pub hunt: Option<HuntId>,
    /// The device's number in the case.
    pub device_key: i64,
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
    /// When the verdict lapses, so that the next event reopens the finding; None for never.
    pub verdict_until: Option<Timestamp>,
    /// How much it matters.
    pub severity: Severity,
    /// Who works on it, `""` for nobody.
    pub assigned_to: String,
    /// Its tags, sorted.
    pub tags: Vec<String>,
    /// How many events are its evidence, without those that suppressions hide.
    pub events: i64,
    /// How many events suppressions hide.
    pub hidden_events: i64,
    /// How many of [`Self::events`] rest on recovered rows, which may be forged.
    pub recovered_events: i64,
    /// The first of its events.
    pub first_activity: Timestamp,
    /// The last of them.
    pub last_activity: Timestamp,
    /// When it was raised; None where all its evidence came hidden.
    pub created_at: Option<Timestamp>,
    /// When it was resolved; None when it is not.
    pub resolved_at: Option<Timestamp>,
    /// How many events it had then.
    pub resolved_events: Option<i64>,
    /// How often it was reopened.
    pub reopen_count: i64,
    /// How many notes it has.
    pub notes: i64,
    /// The finding that it follows, which stayed closed.
    pub predecessor: Option<FindingId>,
    /// The finding that follows it.
    pub successor: Option<FindingId>,
    /// The verdict that it, or the finding before it, had before new evidence came.
    pub former: Option<FormerVerdict>,
    /// What the asking analyst has not seen of it.
    pub unseen: Unseen,
}

/// What a finding was resolved as before new evidence came.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are what their names say")]
pub struct FormerVerdict {
    pub classification: Classification,
    pub determination: Determination,
    pub by: String,
    pub at: Timestamp,
    /// Why it holds no longer; `""` for that of another finding, which still holds there.
    pub why: String,
}

/// What an analyst has not seen of a finding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unseen {
    /// Whether the analyst has never looked at it.
    pub is_new: bool,
    /// How many events came since the analyst last looked.
    pub events: i64,
    /// How many changes others, or runs, made since.
    pub changes: i64,
}

impl Unseen {
    /// Whether there is something that the analyst has not seen.
    pub const fn is_any(self) -> bool {
        self.is_new || self.events > 0 || self.changes > 0
    }
}

impl Finding {
    /// How many events came since it was resolved, all of them more of the same; 0 where it is not resolved.
    pub fn events_since_resolved(&self) -> i64 {
        self.resolved_events.map_or(0, |then| (self.events - then).max(0))
    }

    /// What changes of it the history records, by the names that exports use. Tags are recorded one by one.
    pub(super) fn fields(&self) -> [(&'static str, String); 10] {
        [
            ("createdAt", time_value(self.created_at)),
            ("status", self.status.to_string()),
            ("classification", self.classification.to_string()),
            ("determination", self.determination.to_string()),
            ("verdictUntil", time_value(self.verdict_until)),
            ("severity", self.severity.to_string()),
            ("assignedTo", self.assigned_to.clone()),
            ("resolvedAt", time_value(self.resolved_at)),
            ("resolvedEvents", self.resolved_events.map_or_else(String::new, |events| events.to_string())),
            ("reopenCount", self.reopen_count.to_string()),
        ]
    }

    /// Gives a field the value that the history has for it. False where there is no such field or value.
    pub(super) fn set_field(&mut self, field: &str, value: &str) -> bool {
        fn read<T: std::str::FromStr>(target: &mut T, value: &str) -> bool {
            value.parse().map(|read| *target = read).is_ok()
        }
        match field {
            "createdAt" => self.created_at = read_time(value),
            "status" => return read(&mut self.status, value),
            "classification" => return read(&mut self.classification, value),
            "determination" => return read(&mut self.determination, value),
            "verdictUntil" => self.verdict_until = read_time(value),
            "severity" => return read(&mut self.severity, value),
            "assignedTo" => value.clone_into(&mut self.assigned_to),
            "resolvedAt" => self.resolved_at = read_time(value),
            "resolvedEvents" => self.resolved_events = value.parse().ok(),
            "reopenCount" => return read(&mut self.reopen_count, value),
            _ => return false,
        }
        true
    }
}

/// Why an event matches a rule.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Why {
    /// The conditions that hold for it, in the rule's order.
    pub reasons: Vec<Reason>,
    /// The rule's other columns.
    pub columns: Map<String, Value>,
}

impl Why {
    /// Reads it from the text that a match keeps: a JSON object of the rule's columns.
    pub fn from_match(text: &str) -> Self {
        let mut columns: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
        let reasons = columns.remove(Reason::COLUMN).map(serde_json::from_value);
        Self { reasons: reasons.and_then(Result::ok).unwrap_or_default(), columns }
    }
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
    /// Why it matches.
    pub why: Why,
    /// Whether it is later than the import that brought it: the device's clock is ahead.
    pub is_ahead: bool,
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
    /// The line there of the first row that broke inside a text; None where none did.
    pub recovered_after: Option<i64>,
    /// Whether its row, or one that filled it, stands behind such a row, and no row in order says the same: it may be
    /// forged.
    pub is_recovered: bool,
    /// The suppression that hides it.
    pub hidden_by: Option<SuppressionId>,
    /// Whether the asking analyst has not seen it.
    pub is_unseen: bool,
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
