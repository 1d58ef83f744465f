//! What each analyst has seen: looking at a finding moves that analyst's mark, and no one else's.

mod tables;

use std::collections::BTreeSet;

use super::FindingId;
use crate::error::Result;
use crate::event::Timestamp;
use crate::store::Case;

pub(super) use tables::{SeenMark, move_mark, present_mark, seen_mark};

/// What can be seen now; to be taken before something is shown, so that what comes meanwhile counts as unseen.
#[derive(Debug, Clone, Copy)]
pub struct Present(SeenMark);

/// What can be seen now.
///
/// # Errors
/// The case's database.
pub fn present(case: &Case) -> Result<Present> {
    tables::present_mark(case.connection()).map(Present)
}

/// Notes that an analyst has looked at a finding as it was at `present`.
///
/// # Errors
/// The case's database; it may be locked, or not to be written.
pub fn mark_seen(case: &Case, id: FindingId, present: Present, analyst: &str, at: Timestamp) -> Result<()> {
    let connection = case.connection();
    let before = tables::seen_mark(connection, id, analyst)?;
    if before == present.0 {
        return Ok(());
    }
    let transaction = case.begin_at_once()?;
    tables::move_mark(connection, id, present.0, (analyst, at))?;
    Ok(transaction.keep()?)
}

/// The findings that changed at `since` or later: a run brought evidence, or somebody changed something.
///
/// # Errors
/// The case's database.
pub fn changed_since(case: &Case, since: Timestamp) -> Result<BTreeSet<FindingId>> {
    tables::list_changed_since(case.connection(), since)
}
