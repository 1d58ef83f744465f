//! The table of how far analysts have looked at findings.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, named_params};

use crate::error::Result;
use crate::event::Timestamp;
use crate::findings::FindingId;
use crate::findings::history::newest_change;
use crate::store::query;

/// How far an analyst has looked at a finding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SeenMark {
    /// Evidence of runs up to this one.
    pub run_id: i64,
    /// Changes up to this one.
    pub history_id: i64,
}

/// How far an analyst has looked at a finding; the default for not at all.
pub fn seen_mark(connection: &Connection, finding: FindingId, analyst: &str) -> Result<SeenMark> {
    let mut statement = connection.prepare_cached(query!("findings/get_seen"))?;
    let mark = statement.query_row(named_params! { ":analyst": analyst, ":finding_id": finding.0 }, |row| {
        Ok(SeenMark { run_id: row.get("run_id")?, history_id: row.get("history_id")? })
    });
    Ok(mark.optional()?.unwrap_or_default())
}

/// The mark of one who has seen all there is now.
pub fn present_mark(connection: &Connection) -> Result<SeenMark> {
    let mut statement = connection.prepare_cached(query!("findings/get_last_run"))?;
    let run_id = statement.query_row([], |row| row.get("run_id"))?;
    Ok(SeenMark { run_id, history_id: newest_change(connection)? })
}

/// The findings that changed at an instant or later.
pub fn list_changed_since(connection: &Connection, since: Timestamp) -> Result<BTreeSet<FindingId>> {
    let mut statement = connection.prepare_cached(query!("findings/list_changed_findings"))?;
    let ids = statement.query_map([since.ticks()], |row| row.get("finding_id").map(FindingId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Moves an analyst's mark of a finding forward.
pub fn move_mark(
    connection: &Connection,
    finding: FindingId,
    mark: SeenMark,
    (analyst, at): (&str, Timestamp),
) -> Result<()> {
    connection.prepare_cached(query!("findings/upsert_seen"))?.execute(named_params! {
        ":analyst": analyst,
        ":finding_id": finding.0,
        ":run_id": mark.run_id,
        ":history_id": mark.history_id,
        ":seen_at": at.ticks(),
    })?;
    Ok(())
}
