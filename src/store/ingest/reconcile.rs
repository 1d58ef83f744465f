//! What an import's events are to those that other exports told otherwise: the last step before an import is recorded.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::devices::{join, list_namesakes};
use super::joining::Retold;
use super::matching::match_events;
use super::merge::Merger;
use super::recent::ByHash;
use super::unnumbered::Scope;
use super::writer::{DeviceChange, update_devices};
use crate::error::Result;
use crate::source::{MOST_NAMED, Notice};
use crate::store::query;

/// Puts events of the import, the first of which is `first_event_id`, into those that they are, and brings the numbers of
/// devices up to date. Says which may be counted twice.
///
/// # Errors
/// The case's database.
pub fn reconcile(merger: &mut Merger<'_>, first_event_id: i64) -> Result<Option<Notice>> {
    let (connection, import_id) = (merger.connection, merger.import_id);
    let retold = match_events(merger, first_event_id)?;
    let changes = merger.writer.take_devices();
    update_devices(connection, import_id, &changes)?;
    retold.update_spans(connection)?;
    // Where each event has a ReportId, all is known.
    if !connection.query_row(query!("store/has_contents"), [], |row| row.get(0))? {
        return Ok(None);
    }
    let mut retold = Retold::default();
    let told_twice = match_unnumbered(merger, first_event_id, &changes, &mut retold)?;
    update_devices(connection, import_id, &merger.writer.take_devices())?;
    retold.update_spans(connection)?;
    notice(connection, &told_twice)
}

/// Puts events with and without ReportId together: gives the devices of which some are left that may be the same.
fn match_unnumbered(
    merger: &mut Merger<'_>,
    first_event_id: i64,
    changes: &ByHash<i64, DeviceChange>,
    retold: &mut Retold,
) -> Result<BTreeSet<i64>> {
    let connection = merger.connection;
    let scope = |unnumbered_device, numbered_device, others: [i64; 2]| {
        let spans = others.iter().filter_map(|id| changes.get(id)?.span());
        let span = spans.reduce(|(a, b), (c, d)| (a.min(c), b.max(d)))?;
        Some(Scope { unnumbered_device, numbered_device, span, first_event_id })
    };
    let mut scopes = Vec::new();
    let mut told_twice = BTreeSet::new();
    for namesakes in list_namesakes(connection, changes)? {
        let pairs = namesakes.identified.iter().map(|identified| [namesakes.named, *identified]);
        let of_pair = |pair: [i64; 2]| scope(pair[0], pair[1], pair).map(|scope| (pair, scope));
        let apart: Vec<_> = pairs.filter_map(of_pair).take(MOST_NAMED).collect();
        if let ([(pair, only)], 1) = (&apart[..], namesakes.identified.len())
            && only.has_match(connection)?
            && let Some(kept) = join(merger, (pair[0], pair[1]), retold)?
        {
            scopes.extend(scope(kept, kept, *pair));
            continue;
        }
        for (_, scope) in apart {
            if scope.is_told_twice(connection)? {
                told_twice.insert(namesakes.named);
            }
        }
    }
    let touched = changes.keys().filter(|id| merger.device_of(**id) == **id);
    scopes.extend(touched.filter_map(|id| scope(*id, *id, [*id, *id])));
    scopes.sort_unstable_by_key(|scope| scope.unnumbered_device);
    for scope in scopes {
        scope.match_events(merger, retold)?;
        if scope.is_told_twice(connection)? {
            told_twice.insert(scope.unnumbered_device);
        }
    }
    Ok(told_twice)
}

fn notice(connection: &Connection, told_twice: &BTreeSet<i64>) -> Result<Option<Notice>> {
    if told_twice.is_empty() {
        return Ok(None);
    }
    let mut get = connection.prepare(query!("store/get_device_name"))?;
    let devices = told_twice.iter().map(|id| get.query_row([id], |row| row.get("name")));
    let mut devices: Vec<String> = devices.collect::<rusqlite::Result<_>>()?;
    devices.sort_unstable();
    let more = devices.len().saturating_sub(MOST_NAMED) as u64;
    devices.truncate(MOST_NAMED);
    Ok(Some(Notice::ToldTwice { devices, more }))
}
