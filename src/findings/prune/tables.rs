//! What pruning removes, and its record.

use rusqlite::{Connection, named_params};

use super::Prune;
use crate::error::Result;
use crate::event::Timestamp;
use crate::findings::tables::time;
use crate::store::{Case, query};

/// How many numbers are gone through at once: SQLite holds those that it will remove in memory.
const STEP: i64 = 1 << 16;

/// Removes events before an instant that no finding holds; gives how many.
pub fn remove_events(connection: &Connection, before: Timestamp) -> Result<i64> {
    let mut delete = connection.prepare(query!("findings/prune_events"))?;
    in_steps(connection, query!("findings/get_event_numbers"), &mut |first, last| {
        delete.execute(named_params! {
            ":first_number": first,
            ":last_number": last,
            ":before": before.ticks(),
        })
    })
}

/// Removes matches, completions, conflicts and repeats whose event is no more; gives how many.
pub fn remove_what_lacks_its_event(connection: &Connection) -> Result<i64> {
    let mut removed = connection.execute(query!("findings/prune_matches"), [])? as i64;
    for (numbers, delete) in [
        (query!("findings/get_completion_numbers"), query!("findings/prune_completions")),
        (query!("findings/get_conflict_numbers"), query!("findings/prune_conflicts")),
        (query!("findings/get_repeat_numbers"), query!("findings/prune_repeats")),
    ] {
        let mut delete = connection.prepare(delete)?;
        removed += in_steps(connection, numbers, &mut |first, last| {
            delete.execute(named_params! { ":first_number": first, ":last_number": last })
        })?;
    }
    Ok(removed)
}

/// Removes rows of a table span by span, the lowest numbers first; `numbers` tells the lowest and the highest. Gives
/// how many.
fn in_steps(
    connection: &Connection,
    numbers: &str,
    remove: &mut dyn FnMut(i64, i64) -> rusqlite::Result<usize>,
) -> Result<i64> {
    let (mut first, last): (i64, i64) =
        connection.query_row(numbers, [], |row| Ok((row.get("first_number")?, row.get("last_number")?)))?;
    let mut removed = 0;
    while first <= last {
        let end = first.saturating_add(STEP - 1);
        removed += remove(first, end)? as i64;
        first = end.saturating_add(1);
        if end == i64::MAX {
            break;
        }
    }
    Ok(removed)
}

/// How many events before an instant no rule has looked at.
pub fn count_unlooked(connection: &Connection, before: Timestamp) -> Result<i64> {
    let mut statement = connection.prepare(query!("findings/count_unlooked_events"))?;
    Ok(statement.query_row([before.ticks()], |row| row.get("events"))?)
}

/// How many events before an instant findings hold.
pub fn count_held(connection: &Connection, before: Timestamp) -> Result<i64> {
    let mut statement = connection.prepare(query!("findings/count_held_events"))?;
    Ok(statement.query_row([before.ticks()], |row| row.get("events"))?)
}

/// Records what an operation removed.
pub fn insert_prune(connection: &Connection, operation: i64, prune: &Prune) -> Result<()> {
    connection.prepare(query!("findings/insert_prune"))?.execute(named_params! {
        ":operation_id": operation,
        ":removed_before": prune.before.ticks(),
        ":events": prune.events,
        ":events_unlooked": prune.unlooked,
        ":events_held": prune.held,
        ":rows_removed": prune.rows,
    })?;
    Ok(())
}

/// Every prune, in the order in which they were done.
///
/// # Errors
/// The case's database.
pub fn list_prunes(case: &Case) -> Result<Vec<Prune>> {
    let mut statement = case.connection().prepare(query!("findings/list_prunes"))?;
    let prunes = statement.query_map([], |row| {
        Ok(Prune {
            at: time(row, "done_at")?,
            by: row.get("done_by")?,
            before: time(row, "removed_before")?,
            events: row.get("events")?,
            unlooked: row.get("events_unlooked")?,
            held: row.get("events_held")?,
            rows: row.get("rows_removed")?,
        })
    })?;
    Ok(prunes.collect::<rusqlite::Result<_>>()?)
}
