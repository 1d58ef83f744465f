//! Devices that one export knows by their names alone, and another by their ids.
//!
//! Once an event of the one is for sure an event of the other, and no other device with an id has the name, the two are
//! one device. What people said of a device stays with it; where they spoke of both, they stay two.

use std::collections::HashMap;

use rusqlite::Connection;

use super::joining::{Retold, find_event, put_together};
use super::merge::Merger;
use super::recent::ByHash;
use super::texts::read_texts;
use super::writer::DeviceChange;
use crate::error::Result;
use crate::store::query;

/// A device that is known by its name alone, and those with an id that have this name.
#[derive(Debug, Clone)]
pub struct Namesakes {
    pub named: i64,
    pub identified: Vec<i64>,
}

/// The namesakes of which the import brought events; `changes` are those of its devices.
///
/// # Errors
/// The case's database.
pub fn list_namesakes(
    connection: &Connection,
    changes: &ByHash<i64, DeviceChange>,
) -> rusqlite::Result<Vec<Namesakes>> {
    let mut named: HashMap<String, (i64, Vec<i64>)> = HashMap::new();
    let mut statement = connection.prepare(query!("store/list_named_devices"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        named.insert(row.get("name_key")?, (row.get("device_id")?, Vec::new()));
    }
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare(query!("store/list_identified_devices"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let name = row.get_ref("name")?.as_str()?.to_lowercase();
        if let Some((_, identified)) = named.get_mut(&name) {
            identified.push(row.get("device_id")?);
        }
    }
    let namesakes = named.into_values().map(|(named, identified)| Namesakes { named, identified });
    let is_touched = |namesakes: &Namesakes| {
        let ids = namesakes.identified.iter();
        !namesakes.identified.is_empty() && ids.chain([&namesakes.named]).any(|id| changes.contains_key(id))
    };
    let mut namesakes: Vec<Namesakes> = namesakes.filter(is_touched).collect();
    namesakes.sort_unstable_by_key(|namesakes| namesakes.named);
    Ok(namesakes)
}

/// Makes one device of two, if nobody spoke of both: gives the one that stays.
///
/// # Errors
/// The case's database.
pub fn join(
    merger: &mut Merger<'_>,
    (named, identified): (i64, i64),
    retold: &mut Retold,
) -> Result<Option<i64>> {
    let connection = merger.connection;
    let (kept, gone) = match (is_judged(connection, named)?, is_judged(connection, identified)?) {
        (true, true) => return Ok(None),
        (_, false) => (named, identified),
        (false, true) => (identified, named),
    };
    merger.join_devices(gone, kept);
    connection.execute_batch(query!("store/create_pair"))?;
    connection.prepare(query!("store/insert_pairs_of_both"))?.execute([kept, gone])?;
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
