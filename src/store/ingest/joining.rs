//! Two events of the case that turn out to be one.

use rusqlite::{Connection, OptionalExtension};

use super::merge::{Merger, finer};
use super::recent::ByHash;
use super::row::Origin;
use super::texts::Texts;
use crate::error::Result;
use crate::event::{Column, Kind, Timestamp};
use crate::store::query;

/// The columns that confirm that two events are one; times among them at any precision.
const CONFIRMING: [Column; 3] = [Column::ProcessId, Column::ProcessCreationTime, Column::ProcessCommandLine];

/// The first and the last of the times at which each device had events that are others', or elsewhere, now.
#[derive(Debug, Default)]
pub struct Retold(ByHash<i64, (i64, i64)>);

impl Retold {
    fn see(&mut self, device_id: i64, event: &Found) {
        let ticks = event.time.ticks();
        let (first, last) = self.0.entry(device_id).or_insert((ticks, ticks));
        (*first, *last) = (ticks.min(*first), ticks.max(*last));
    }

    /// Looks anew when the events of these devices begin and end.
    ///
    /// # Errors
    /// The case's database.
    pub fn update_spans(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut update = connection.prepare(query!("store/update_device_span"))?;
        self.0
            .iter()
            .try_for_each(|(device_id, (first, last))| update.execute([first, last, device_id]).map(drop))
    }
}

/// An event of the case, by what tells whether another is the same.
pub struct Found {
    pub origin: Origin,
    pub device_id: i64,
    pub time: Timestamp,
    pub report_id: Option<i64>,
}

/// The event of this number, as long as it is one of its own.
///
/// # Errors
/// The case's database.
pub fn find_event(connection: &Connection, event_id: i64) -> rusqlite::Result<Option<Found>> {
    let mut statement = connection.prepare_cached(query!("store/get_event_origin"))?;
    let found = statement.query_row([event_id], |row| {
        let origin = Origin { event_id, import_id: row.get("import_id")?, line: row.get("line")? };
        let time = Timestamp::from_ticks(row.get("time")?);
        Ok(Found { origin, device_id: row.get("device_id")?, time, report_id: row.get("report_id")? })
    });
    found.optional()
}

/// Whether a third event has the key that two would have as one. Then they stay two: one key is one event.
///
/// # Errors
/// The case's database.
pub fn is_key_taken(connection: &Connection, kept: &Found, gone: &Found) -> rusqlite::Result<bool> {
    let time = kept.time.finer(gone.time).unwrap_or(kept.time);
    let mut statement = connection.prepare_cached(query!("store/is_key_taken"))?;
    let (kept_id, gone_id) = (kept.origin.event_id, gone.origin.event_id);
    let report_id = kept.report_id.or(gone.report_id);
    statement.query_row((kept.device_id, time.ticks(), report_id, kept_id, gone_id), |row| row.get(0))
}

/// Puts an event of the import into one that came before it, whose texts are `stored`; `given` are its own.
///
/// # Errors
/// The case's database.
pub fn put_together(
    merger: &mut Merger<'_>,
    (kept, stored): (&Found, &Texts),
    (gone, given): (&Found, &Texts),
    retold: &mut Retold,
) -> Result<()> {
    let (kept_id, gone_id) = (kept.origin.event_id, gone.origin.event_id);
    let moves =
        [query!("store/move_completions"), query!("store/move_conflicts"), query!("store/move_repeats")];
    for query in moves {
        merger.connection.prepare_cached(query)?.execute((kept_id, gone_id))?;
    }
    merger.connection.prepare_cached(query!("store/delete_matched_event"))?.execute([gone_id])?;
    let device_id = merger.device_of(gone.device_id);
    merger.writer.count_matched(device_id);
    retold.see(merger.device_of(kept.device_id), kept);
    retold.see(device_id, gone);
    merger.put_into(kept.origin, stored, given, gone.origin.line as u64)
}

/// How many of the columns that confirm it say the same of two events; None where one says something else.
pub fn confirmations(stored: &Texts, given: &Texts) -> Option<usize> {
    let mut confirmations = 0;
    for column in CONFIRMING {
        let (a, b) = (&stored.published[column as usize], &given.published[column as usize]);
        let is_same_time = || column.kind() == Kind::Datetime && finer(a, b).is_some();
        match (a.is_empty() || b.is_empty(), a == b || is_same_time()) {
            (true, _) => {}
            (false, true) => confirmations += 1,
            (false, false) => return None,
        }
    }
    Some(confirmations)
}
