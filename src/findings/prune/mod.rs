//! Taking old events out of the case that no finding holds.
//!
//! *Prune*: such a removal. What findings hold as evidence stays, and so does everything that was counted: imports,
//! devices, runs, and what reviews and findings cover. It cannot be taken back.

mod tables;

use super::history::{Author, Operation};
use crate::error::Result;
use crate::event::Timestamp;
use crate::store::{Case, delete_unused_contents, keep_last_numbers};

pub use tables::list_prunes;

/// The command that prunes, as the history names it.
pub(super) const COMMAND: &str = "prune";

/// A removal of old events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prune {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// The events were earlier than this.
    pub before: Timestamp,
    /// How many they were.
    pub events: i64,
    /// How many of them no rule had looked at.
    pub unlooked: i64,
    /// How many earlier ones stayed, since findings hold them, or rules match them and a window left them out.
    pub held: i64,
    /// How many rows of other tables went with them, which nothing else needed.
    pub rows: i64,
}

/// Removes the events before an instant that no finding holds, what belongs to them, and contents that nothing refers
/// to any more; all or, under [`Author::dry_run`], nothing. Where there is no such event, nothing is recorded.
///
/// # Errors
/// The case's database.
pub fn prune(case: &Case, before: Timestamp, author: Author<'_>) -> Result<Prune> {
    case.without_checks(|| prune_as_transaction(case, before, author))
}

fn prune_as_transaction(case: &Case, before: Timestamp, author: Author<'_>) -> Result<Prune> {
    let connection = case.connection();
    let transaction = case.begin()?;
    keep_last_numbers(connection)?;
    let unlooked = tables::count_unlooked(connection, before)?;
    let events = tables::remove_events(connection, before)?;
    let mut prune =
        Prune { at: author.at, by: author.by.to_owned(), before, events, unlooked, held: 0, rows: 0 };
    prune.held = tables::count_held(connection, before)?;
    prune.rows = tables::remove_what_lacks_its_event(connection)? + delete_unused_contents(connection)?;
    if prune.events > 0 {
        let operation = Operation::of_command(connection, author);
        tables::insert_prune(connection, operation.id()?, &prune)?;
    }
    author.finish(transaction)?;
    Ok(prune)
}
