//! What an import's events are to those that other exports told otherwise: the last step before an import is recorded.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use super::devices::{Meeting, list_namesakes};
use super::joining::Retold;
use super::matching::{match_events, match_events_of_joined};
use super::merge::Merger;
use super::recent::ByHash;
use super::unnumbered::Scope;
use super::writer::{DeviceChange, update_devices};
use crate::error::Result;
use crate::source::{MOST_NAMED, Notice};
use crate::store::query;

/// The first and the last time of events.
type Span = (i64, i64);

/// What became of devices that have one name.
#[derive(Default)]
struct Reunion {
    /// Those that were made one, with the span of their new events.
    joined: Vec<(i64, Span)>,
    /// Those whose events may be those of others too.
    told_twice: BTreeSet<i64>,
}

/// Puts events of the import, the first of which is `first_event_id`, into those that they are, and brings the numbers of
/// devices up to date. Says which may be counted twice.
///
/// # Errors
/// The case's database.
pub fn reconcile(merger: &mut Merger<'_>, first_event_id: i64) -> Result<Option<Notice>> {
    let connection = merger.connection;
    let retold = match_events(merger, first_event_id)?;
    let changes = update(merger, &retold)?;
    let Reunion { joined, mut told_twice } = join_namesakes(merger, first_event_id, &changes)?;
    if !joined.is_empty() {
        let retold = match_events_of_joined(merger, first_event_id)?;
        update(merger, &retold)?;
    }
    // Where each event has a ReportId, all is known.
    if connection.query_row(query!("store/has_contents"), [], |row| row.get(0))? {
        let scopes = list_scopes(merger, first_event_id, &changes, joined);
        told_twice.extend(match_unnumbered(merger, &scopes)?);
    }
    notice(connection, &told_twice)
}

/// Brings the numbers of devices up to date: gives what was added to them.
fn update(merger: &mut Merger<'_>, retold: &Retold) -> Result<ByHash<i64, DeviceChange>> {
    let changes = merger.writer.take_devices();
    update_devices(merger.connection, merger.import_id, &changes)?;
    retold.update_spans(merger.connection)?;
    Ok(changes)
}

/// Makes one of devices that are one.
fn join_namesakes(
    merger: &mut Merger<'_>,
    first_event_id: i64,
    changes: &ByHash<i64, DeviceChange>,
) -> Result<Reunion> {
    let connection = merger.connection;
    let (mut retold, mut reunion) = (Retold::default(), Reunion::default());
    for namesakes in list_namesakes(connection, changes)? {
        let pairs = namesakes.identified.iter().map(|identified| (namesakes.named, *identified));
        let meetings = pairs.filter_map(|pair| Meeting::of(pair, changes, first_event_id));
        let meetings: Vec<Meeting> = meetings.take(MOST_NAMED).collect();
        if let ([only], 1, false) = (&meetings[..], namesakes.identified.len(), namesakes.is_identified)
            && let Some(line) = only.find_line(connection)?
            && let Some(kept) = only.join(line, merger, &mut retold)?
        {
            reunion.joined.push((kept, only.span));
            continue;
        }
        for meeting in meetings {
            if meeting.is_told_twice(connection)? {
                reunion.told_twice.insert(namesakes.named);
            }
        }
    }
    update(merger, &retold)?;
    Ok(reunion)
}

/// The devices of which the import brought events, each once, in order.
fn list_scopes(
    merger: &Merger<'_>,
    first_event_id: i64,
    changes: &ByHash<i64, DeviceChange>,
    joined: Vec<(i64, Span)>,
) -> Vec<Scope> {
    let untouched = |id: &i64| merger.device_of(*id) == *id;
    let spans = changes.iter().filter(|(id, _)| untouched(id));
    let mut spans: BTreeMap<i64, Span> =
        spans.filter_map(|(id, change)| Some((*id, change.span()?))).collect();
    spans.extend(joined);
    let scope = |(id, span)| Scope { unnumbered_device: id, numbered_device: id, span, first_event_id };
    spans.into_iter().map(scope).collect()
}

/// Puts events with and without ReportId together: gives the devices of which some are left that may be the same.
fn match_unnumbered(merger: &mut Merger<'_>, scopes: &[Scope]) -> Result<Vec<i64>> {
    let (mut retold, mut told_twice) = (Retold::default(), Vec::new());
    for scope in scopes {
        scope.match_events(merger, &mut retold)?;
        if scope.is_told_twice(merger.connection)? {
            told_twice.push(scope.unnumbered_device);
        }
    }
    update(merger, &retold)?;
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
