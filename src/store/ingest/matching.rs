//! Events that several exports told at different precisions: one to the minute, another to 100 ns.
//!
//! They have one device and one ReportId, and the time of one is that of the other, cut or rounded. What both hold of the
//! created process confirms it. The event that came first stays, with the finer times of both.
//!
//! What is looked at are an import's events and, by the index of keys, those with which they may pair: each event of the
//! case is met at most once for each unit.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::joining::{Retold, confirmations, find_event, put_together};
use super::merge::Merger;
use super::texts::read_texts;
use crate::error::Result;
use crate::event::{Timestamp, UNITS};
use crate::store::query;

/// Puts events of an import, the first of which is `first_event_id`, and others of the case into one where they are.
///
/// # Errors
/// The case's database.
pub fn match_events(merger: &mut Merger<'_>, first_event_id: i64) -> Result<Retold> {
    let interner = merger.encoder.interner();
    pair_with_finer(merger.connection, first_event_id)?;
    if interner.knows_events() {
        pair_with_coarser(merger.connection, first_event_id, |device_id| interner.last_event_of(device_id))?;
    }
    match_pairs(merger)
}

/// The same once devices were joined: their events are those of devices that the import itself did not see.
///
/// # Errors
/// The case's database.
pub fn match_events_of_joined(merger: &mut Merger<'_>, first_event_id: i64) -> Result<Retold> {
    pair_with_finer(merger.connection, first_event_id)?;
    pair_with_coarser(merger.connection, first_event_id, |_| Some(i64::MAX))?;
    match_pairs(merger)
}

fn match_pairs(merger: &mut Merger<'_>) -> Result<Retold> {
    let mut retold = Retold::default();
    let mut statement = merger.connection.prepare(query!("store/list_pairs"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        match_pair(merger, (row.get("coarse_id")?, row.get("fine_id")?), &mut retold)?;
    }
    Ok(retold)
}

/// Puts two events into one, if that is what they are and both are still there.
fn match_pair(merger: &mut Merger<'_>, (first, second): (i64, i64), retold: &mut Retold) -> Result<()> {
    let connection = merger.connection;
    let (kept_id, gone_id) = (first.min(second), first.max(second));
    let (Some(kept), Some(gone)) = (find_event(connection, kept_id)?, find_event(connection, gone_id)?)
    else {
        return Ok(());
    };
    // One of them may have become finer meanwhile.
    if kept.time.finer(gone.time).is_none() {
        return Ok(());
    }
    let (stored, given) = (read_texts(connection, kept_id)?, read_texts(connection, gone_id)?);
    match confirmations(&stored, &given) {
        None | Some(0) => Ok(()),
        Some(_) => put_together(merger, (&kept, &stored), (&gone, &given), retold),
    }
}

/// Begins with the pairs of the import's events and those that tell them finer.
fn pair_with_finer(connection: &Connection, first_event_id: i64) -> rusqlite::Result<()> {
    let [_, microsecond, millisecond, second, minute] = UNITS;
    connection.execute_batch(query!("store/create_pair"))?;
    let insert = connection.execute(
        query!("store/insert_finer_pairs"),
        named_params! {
            ":first_event_id": first_event_id,
            ":microsecond": microsecond,
            ":millisecond": millisecond,
            ":second": second,
            ":minute": minute,
        },
    );
    insert.map(drop)
}

/// Adds the pairs of the import's events and those that told them coarser before; `last_event_of` tells when the last
/// event was that a device had before.
fn pair_with_coarser(
    connection: &Connection,
    first_event_id: i64,
    last_event_of: impl Fn(i64) -> Option<i64>,
) -> rusqlite::Result<()> {
    let mut insert = connection.prepare(query!("store/insert_pair"))?;
    let mut get_earlier = connection.prepare(query!("store/get_earlier_event"))?;
    let mut list = connection.prepare(query!("store/list_new_events"))?;
    let mut rows = list.query([first_event_id])?;
    while let Some(row) = rows.next()? {
        let (device_id, ticks): (i64, i64) = (row.get("device_id")?, row.get("time")?);
        let time = Timestamp::from_ticks(ticks);
        let coarser = UNITS.iter().filter(|unit| **unit > time.unit());
        for (unit, told) in coarser.flat_map(|unit| time.told_in(*unit).map(move |told| (unit, told))) {
            if last_event_of(device_id).is_none_or(|last| last < told.ticks()) {
                continue;
            }
            let key = (device_id, told.ticks(), row.get::<_, i64>("report_id")?, first_event_id);
            let found = get_earlier.query_row(key, |row| row.get::<_, i64>("event_id")).optional()?;
            if let Some(coarse_id) = found {
                insert.execute((unit, ticks, coarse_id, row.get::<_, i64>("event_id")?))?;
            }
        }
    }
    Ok(())
}
