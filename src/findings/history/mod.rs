//! The history: every change of one field, by which command or run, and why. It is only ever added to.
//!
//! *Operation*: a command that changed something, or a run that did. *Change*: one field of one subject, from an old
//! value to a new one. A value is a text: a word as it is stored, an instant, a count; `""` stands for none.

mod meanwhile;
mod subject;
mod tables;

use std::cell::Cell;

use rusqlite::Connection;

use super::SuppressionId;
use crate::error::Result;
use crate::event::Timestamp;
use crate::store::Transaction;

pub use meanwhile::Meanwhile;
pub use subject::Subject;
pub use tables::{HistoryFilter, list_finding_history, list_history};
pub(super) use tables::{
    has_later_change, last_operation, list_changes, list_changes_of_others, newest_change,
};

/// Who changes something, when, by which command, and why.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// The analyst.
    pub by: &'a str,
    /// The present.
    pub at: Timestamp,
    /// The command, such as `set`.
    pub command: &'a str,
    /// The reason, `""` for none.
    pub why: &'a str,
    /// Whether the change is only tried: it is made, looked at, and not kept.
    pub dry_run: bool,
}

impl Author<'_> {
    /// Ends the transaction in which the change was made.
    pub(super) fn finish(&self, transaction: Transaction<'_>) -> Result<()> {
        match self.dry_run {
            true => drop(transaction),
            false => transaction.keep()?,
        }
        Ok(())
    }
}

/// One change of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Its number, in the order in which changes were made.
    pub id: i64,
    /// The operation that made it.
    pub operation: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// By which command; `run` for a run, `""` where an older version did not record it.
    pub command: String,
    /// By which run.
    pub run_id: Option<i64>,
    /// What was changed.
    pub subject: Subject,
    /// What was changed, in words: `F-3`, `H-1`, `S-2`, a rule's name, a device's name.
    pub what: String,
    /// The rule that it belongs to, `""` for none.
    pub rule: String,
    /// The device that it belongs to, `""` for none.
    pub device_name: String,
    /// The field.
    pub field: String,
    /// What it was.
    pub old: String,
    /// What it became.
    pub new: String,
    /// Why.
    pub why: String,
    /// The suppression that made the change; None where the command or run made it of itself.
    pub by_suppression: Option<SuppressionId>,
}

/// Why a change is made, and which suppression makes it, where one does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cause<'a> {
    pub why: &'a str,
    pub suppression: Option<SuppressionId>,
}

impl<'a> From<&'a str> for Cause<'a> {
    fn from(why: &'a str) -> Self {
        Self { why, suppression: None }
    }
}

impl HistoryEntry {
    /// The reason for people, with the suppression that made the change: `S-1: the agent`.
    pub fn why_in_words(&self) -> String {
        self.by_suppression.map_or_else(|| self.why.clone(), |id| format!("{id}: {}", self.why))
    }

    /// Whether the field is a part of a verdict.
    pub(super) fn is_of_verdict(&self) -> bool {
        ["classification", "determination", "verdictUntil"].contains(&self.field.as_str())
    }

    /// Whether the change only follows from another of the same operation, which says it all to a person.
    pub fn is_consequence(&self) -> bool {
        let of_the_first = self.old.is_empty();
        match (self.subject, self.field.as_str()) {
            (_, "coveredBy" | "resolvedAt" | "resolvedEvents" | "reopenCount") => true,
            (Subject::Finding(_), "severity") => of_the_first,
            (Subject::Hunt(_), "status" | "hypothesisStatus" | "reopen" | "openedAt") => of_the_first,
            _ => false,
        }
    }
}

/// Records the changes of one command or run.
pub(super) struct Operation<'c, 'a> {
    connection: &'c Connection,
    author: Author<'a>,
    run_id: Option<i64>,
    undone: Option<i64>,
    id: Cell<Option<i64>>,
}

impl<'c, 'a> Operation<'c, 'a> {
    /// The changes of a command.
    pub fn of_command(connection: &'c Connection, author: Author<'a>) -> Self {
        Self { connection, author, run_id: None, undone: None, id: Cell::new(None) }
    }

    /// The changes of a run.
    pub fn of_run(connection: &'c Connection, author: Author<'a>, run_id: i64) -> Self {
        Self { run_id: Some(run_id), ..Self::of_command(connection, author) }
    }

    /// The changes that take back those of an earlier operation.
    pub fn of_undo(connection: &'c Connection, author: Author<'a>, undone: i64) -> Self {
        Self { undone: Some(undone), ..Self::of_command(connection, author) }
    }

    /// Who makes the changes.
    pub fn author(&self) -> Author<'a> {
        self.author
    }

    /// The operation's number, where it has changed something.
    pub fn number(&self) -> Option<i64> {
        self.id.get()
    }

    /// The operation's number. One that changes nothing never gets one.
    pub fn id(&self) -> Result<i64> {
        if let Some(id) = self.id.get() {
            return Ok(id);
        }
        let id = tables::insert_operation(self.connection, &self.author, self.run_id, self.undone)?;
        self.id.set(Some(id));
        Ok(id)
    }

    /// Records one change, for the author's reason.
    pub fn record(&self, subject: Subject, field: &str, old: &str, new: &str) -> Result<()> {
        self.record_because(subject, field, old, new, self.author.why.into())
    }

    /// Records one change, for a reason of its own. What stays the same is no change.
    pub fn record_because(
        &self,
        subject: Subject,
        field: &str,
        old: &str,
        new: &str,
        cause: Cause<'_>,
    ) -> Result<()> {
        if old == new {
            return Ok(());
        }
        tables::insert_change(self.connection, self.id()?, subject, field, (old, new), cause)
    }

    /// Records what differs between two lists of the same fields.
    pub fn record_all<const N: usize>(
        &self,
        subject: Subject,
        old: [(&str, String); N],
        new: [(&str, String); N],
        cause: Cause<'_>,
    ) -> Result<()> {
        for ((field, old), (_, new)) in old.into_iter().zip(new) {
            self.record_because(subject, field, &old, &new, cause)?;
        }
        Ok(())
    }
}

/// A time as a value of the history.
pub(super) fn time_value(time: Option<Timestamp>) -> String {
    time.map_or_else(String::new, |time| time.to_string())
}

/// The time that a value of the history stands for.
pub(super) fn read_time(value: &str) -> Option<Timestamp> {
    Timestamp::parse(value).map(|(time, _)| time)
}
