//! Devices that one export knows by their names alone, and another by their ids.
//!
//! Once an event of the one is for sure an event of the other, and no other device with an id has the name, the two are
//! one device. What people said of a device stays with it; where they spoke of both, or where the case holds one event
//! twice already, they stay two.

use std::collections::HashMap;

use rusqlite::Connection;

use super::joining::{Retold, confirmations, find_event, put_together};
use super::merge::Merger;
use super::recent::ByHash;
use super::texts::read_texts;
use super::unnumbered::{FARTHEST, Scope};
use super::writer::DeviceChange;
use crate::error::Result;
use crate::store::query;

/// How many events of two devices are compared that have one key: mostly the first confirms it, or none can.
const MOST_TRIED: i64 = 100;

/// A device that events without DeviceId are of, and others, with an id, that have its name.
#[derive(Debug, Clone)]
pub struct Namesakes {
    pub named: i64,
    /// Whether it has an id of its own by now.
    pub is_identified: bool,
    pub identified: Vec<i64>,
}

/// Two devices that may be one, as far as an import brought events of either.
#[derive(Debug, Clone, Copy)]
pub struct Meeting {
    named: i64,
    identified: i64,
    /// The first and the last time of the import's events of both.
    pub span: (i64, i64),
    /// The number of the import's first event.
    first_event_id: i64,
}

/// The namesakes of which the import brought events; `changes` are those of its devices.
///
/// # Errors
/// The case's database.
pub fn list_namesakes(
    connection: &Connection,
    changes: &ByHash<i64, DeviceChange>,
) -> rusqlite::Result<Vec<Namesakes>> {
    let mut named: HashMap<String, Namesakes> = HashMap::new();
    let mut statement = connection.prepare(query!("store/list_named_devices"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (named_id, is_identified) = (row.get("device_id")?, row.get("is_identified")?);
        named.insert(
            row.get("name_key")?,
            Namesakes { named: named_id, is_identified, identified: Vec::new() },
        );
    }
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare(query!("store/list_identified_devices"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let name = row.get_ref("name")?.as_str()?.to_lowercase();
        let device_id = row.get("device_id")?;
        if let Some(namesakes) = named.get_mut(&name).filter(|namesakes| namesakes.named != device_id) {
            namesakes.identified.push(device_id);
        }
    }
    let is_touched = |namesakes: &Namesakes| {
        let ids = namesakes.identified.iter();
        !namesakes.identified.is_empty() && ids.chain([&namesakes.named]).any(|id| changes.contains_key(id))
    };
    let mut namesakes: Vec<Namesakes> = named.into_values().filter(is_touched).collect();
    namesakes.sort_unstable_by_key(|namesakes| namesakes.named);
    Ok(namesakes)
}

impl Meeting {
    /// The devices if the import brought events of one of them; `changes` are those of its devices.
    pub fn of(
        (named, identified): (i64, i64),
        changes: &ByHash<i64, DeviceChange>,
        first_event_id: i64,
    ) -> Option<Self> {
        let spans = [named, identified].into_iter().filter_map(|id| changes.get(&id)?.span());
        let span = spans.reduce(|(a, b), (c, d)| (a.min(c), b.max(d)))?;
        Some(Self { named, identified, span, first_event_id })
    }

    /// The line of the import's row that is for sure of both devices.
    pub fn find_line(&self, connection: &Connection) -> Result<Option<u64>> {
        let (named, identified) = (self.named, self.identified);
        for [one, other] in [[named, identified], [identified, named]] {
            if let Some(line) = self.find_same_key(connection, one, other)? {
                return Ok(Some(line));
            }
            let scope = Scope {
                unnumbered_device: one,
                numbered_device: other,
                span: self.span,
                first_event_id: self.first_event_id,
            };
            if let Some(line) = scope.find_line(connection)? {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    /// The line of an event of the one device that the other has by time and ReportId, and that is confirmed.
    fn find_same_key(&self, connection: &Connection, of: i64, other: i64) -> Result<Option<u64>> {
        let mut statement = connection.prepare_cached(query!("store/list_same_keys"))?;
        let key = [other, of, self.span.0, self.span.1, self.first_event_id, MOST_TRIED];
        let mut rows = statement.query(key)?;
        while let Some(row) = rows.next()? {
            let (new_id, other_id) = (row.get("new_id")?, row.get("other_id")?);
            let (given, stored) = (read_texts(connection, new_id)?, read_texts(connection, other_id)?);
            if confirmations(&stored, &given).is_some_and(|count| count > 0) {
                let found = find_event(connection, new_id)?;
                return Ok(found.map(|event| event.origin.line as u64));
            }
        }
        Ok(None)
    }

    /// Whether both have events about the time of the import's, of which some may be the same.
    pub fn is_told_twice(&self, connection: &Connection) -> rusqlite::Result<bool> {
        let has = |device_id: i64| {
            let key = [device_id, self.span.0 - FARTHEST, self.span.1 + FARTHEST];
            connection.prepare_cached(query!("store/has_events"))?.query_row(key, |row| row.get::<_, bool>(0))
        };
        Ok(has(self.named)? && has(self.identified)?)
    }

    /// Makes one device of the two, since the import's row at `line` is of both: gives the one that stays. None where they
    /// have to stay two.
    ///
    /// # Errors
    /// The case's database.
    pub fn join(&self, line: u64, merger: &mut Merger<'_>, retold: &mut Retold) -> Result<Option<i64>> {
        let connection = merger.connection;
        let (named, identified) = (self.named, self.identified);
        let (kept, gone) = match (is_judged(connection, named)?, is_judged(connection, identified)?) {
            (true, true) => return Ok(None),
            (_, false) => (named, identified),
            (false, true) => (identified, named),
        };
        connection.execute_batch(query!("store/create_pair"))?;
        connection.prepare(query!("store/insert_pairs_of_both"))?.execute([kept, gone])?;
        // An event that came before may be evidence: it is not taken away.
        let has_old = query!("store/has_pair_of_old");
        if connection.query_row(has_old, [self.first_event_id], |row| row.get(0))? {
            return Ok(None);
        }
        merger.join_devices(gone, kept);
        let mut complete = connection.prepare(query!("store/complete_events_of_device"))?;
        complete.execute([merger.import_id, line as i64, named, self.first_event_id])?;
        let mut statement = connection.prepare(query!("store/list_pairs"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            put_pair(merger, (row.get("coarse_id")?, row.get("fine_id")?), retold)?;
        }
        connection.prepare(query!("store/move_events"))?.execute([kept, gone])?;
        connection.prepare(query!("store/join_devices"))?.execute([kept, gone])?;
        connection.prepare(query!("store/delete_device"))?.execute([gone])?;
        Ok(Some(kept))
    }
}

/// Whether a person, or a rule, said something of a device that has to stay with it.
fn is_judged(connection: &Connection, device_id: i64) -> rusqlite::Result<bool> {
    connection.prepare_cached(query!("store/is_device_judged"))?.query_row([device_id], |row| row.get(0))
}

/// Puts two events of one key together, which the devices cannot have both.
fn put_pair(merger: &mut Merger<'_>, pair: (i64, i64), retold: &mut Retold) -> Result<()> {
    let connection = merger.connection;
    let (kept_id, gone_id) = (pair.0.min(pair.1), pair.0.max(pair.1));
    let (Some(kept), Some(gone)) = (find_event(connection, kept_id)?, find_event(connection, gone_id)?)
    else {
        return Ok(());
    };
    let (stored, given) = (read_texts(connection, kept_id)?, read_texts(connection, gone_id)?);
    put_together(merger, (&kept, &stored), (&gone, &given), retold)
}
