//! Events that one export brought without ReportId, and another with it.
//!
//! Where a process id and a time are the same, the process's creation or command line confirms it, and nothing of the
//! two rows contradicts, they are one event. Each event with a ReportId takes one without, since of equal rows each is
//! an event. What cannot be matched so may be counted twice, and that is said.

use std::collections::HashSet;
use std::ops::Range;

use rusqlite::Connection;

use super::joining::{Retold, confirmations, find_event, is_key_taken, put_together};
use super::merge::{Merger, contradictions};
use super::texts::{Texts, read_texts};
use crate::error::Result;
use crate::event::{Column, TICKS_PER_SECOND, Timestamp};
use crate::store::query;

/// How many events of one process id and about one time are tried.
const MOST_TRIED: i64 = 16;
/// The process id and another.
const STRONG: usize = 2;
/// How far apart two times may be told that are one.
pub const FARTHEST: i64 = 60 * TICKS_PER_SECOND;

/// What of a case is looked at: the events of a device without ReportId, and those of it, or of another that may be the
/// same, with one.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    pub unnumbered_device: i64,
    pub numbered_device: i64,
    /// The first and the last time of the import's events of either.
    pub span: (i64, i64),
    /// The number of the import's first event.
    pub first_event_id: i64,
}

/// Whose events came with the import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum New {
    Unnumbered,
    Numbered,
}

impl Scope {
    /// The numbers of the events without ReportId, and of those with one.
    fn numbers(&self, new: New) -> (Range<i64>, Range<i64>) {
        let (news, olds) = (self.first_event_id..i64::MAX, 0..self.first_event_id);
        match new {
            New::Unnumbered => (news, 0..i64::MAX),
            New::Numbered => (olds, news),
        }
    }

    fn span_around(&self) -> (i64, i64) {
        (self.span.0 - FARTHEST, self.span.1 + FARTHEST)
    }

    /// Whether there are events of both kinds about one time, of which some may be the same.
    pub fn is_told_twice(&self, connection: &Connection) -> rusqlite::Result<bool> {
        let has = |query, device_id: i64, numbers: Range<i64>| {
            let (first, end) = self.span_around();
            let key = [device_id, first, end, numbers.start, numbers.end];
            connection.prepare_cached(query)?.query_row(key, |row| row.get::<_, bool>(0))
        };
        let olds = 0..self.first_event_id;
        let news = self.first_event_id..i64::MAX;
        for (unnumbered, numbered) in [(news.clone(), olds.clone()), (olds, news)] {
            if has(query!("store/has_unnumbered"), self.unnumbered_device, unnumbered)?
                && has(query!("store/has_numbered"), self.numbered_device, numbered)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The line of the import's event of the one device that is for sure one of the other.
    pub fn find_line(&self, connection: &Connection) -> Result<Option<u64>> {
        for new in [New::Unnumbered, New::Numbered] {
            self.list_pairs(connection, new)?;
            let mut statement = connection.prepare(query!("store/list_pairs"))?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (unnumbered, numbered): (i64, i64) = (row.get("coarse_id")?, row.get("fine_id")?);
                if read_both(connection, unnumbered, numbered)?.is_some() {
                    let found = find_event(connection, unnumbered.max(numbered))?;
                    return Ok(found.map(|event| event.origin.line as u64));
                }
            }
        }
        Ok(None)
    }

    /// Puts the events without ReportId into those with one, and those with one into these, where they are the same.
    pub fn match_events(&self, merger: &mut Merger<'_>, retold: &mut Retold) -> Result<()> {
        let connection = merger.connection;
        for new in [New::Unnumbered, New::Numbered] {
            self.list_pairs(connection, new)?;
            let mut taken = HashSet::new();
            let mut statement = connection.prepare(query!("store/list_pairs"))?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (unnumbered, numbered): (i64, i64) = (row.get("coarse_id")?, row.get("fine_id")?);
                if !taken.contains(&numbered) && match_pair(merger, (unnumbered, numbered), retold)? {
                    taken.insert(numbered);
                }
            }
        }
        Ok(())
    }

    /// Lists pairs of events of one process id and time.
    fn list_pairs(&self, connection: &Connection, new: New) -> rusqlite::Result<()> {
        let (first, end) = self.span_around();
        let (unnumbered, numbered) = self.numbers(new);
        connection.execute_batch(query!("store/create_pair"))?;
        connection.execute_batch(query!("store/create_unnumbered"))?;
        let mut take_up = connection.prepare_cached(query!("store/insert_unnumbered"))?;
        if take_up.execute([self.unnumbered_device, first, end, unnumbered.start, unnumbered.end])? == 0 {
            return Ok(());
        }
        let mut find = connection.prepare_cached(query!("store/list_unnumbered"))?;
        let mut insert = connection.prepare_cached(query!("store/insert_pair"))?;
        let mut list = connection.prepare_cached(query!("store/list_numbered"))?;
        let mut rows = list.query([self.numbered_device, first, end, numbered.start, numbered.end])?;
        while let Some(row) = rows.next()? {
            let (event_id, ticks): (i64, i64) = (row.get("event_id")?, row.get("time")?);
            let key = [row.get("pid")?, ticks - FARTHEST, ticks + FARTHEST, MOST_TRIED];
            let mut candidates = find.query(key)?;
            while let Some(candidate) = candidates.next()? {
                let time = Timestamp::from_ticks(candidate.get("time")?);
                if time.finer(Timestamp::from_ticks(ticks)).is_some() {
                    insert.execute((0, ticks, candidate.get::<_, i64>("event_id")?, event_id))?;
                }
            }
        }
        Ok(())
    }
}

/// Whether the two are one event, and are so in the case now.
fn match_pair(merger: &mut Merger<'_>, pair: (i64, i64), retold: &mut Retold) -> Result<bool> {
    let connection = merger.connection;
    let (kept_id, gone_id) = (pair.0.min(pair.1), pair.0.max(pair.1));
    let Some((stored, given)) = read_both(connection, kept_id, gone_id)? else { return Ok(false) };
    let (Some(kept), Some(gone)) = (find_event(connection, kept_id)?, find_event(connection, gone_id)?)
    else {
        return Ok(false);
    };
    if is_key_taken(connection, &kept, &gone)? {
        return Ok(false);
    }
    put_together(merger, (&kept, &stored), (&gone, &given), retold)?;
    Ok(true)
}

/// The texts of two events, if they are one for sure.
fn read_both(connection: &Connection, first: i64, second: i64) -> Result<Option<(Texts, Texts)>> {
    if find_event(connection, first)?.is_none() || find_event(connection, second)?.is_none() {
        return Ok(None);
    }
    let (stored, mut given) = (read_texts(connection, first)?, read_texts(connection, second)?);
    let report_id = Column::ReportId as usize;
    let is_numbered = |texts: &Texts| !texts.published[report_id].is_empty();
    // A ReportId that is a text stands among the other columns.
    let has_text_id = [&stored, &given].iter().any(|texts| texts.extra.contains_key(Column::ReportId.name()));
    if has_text_id || is_numbered(&stored) == is_numbered(&given) {
        return Ok(None);
    }
    // Hosts are the same whatever the case of their names.
    let name = Column::DeviceName as usize;
    if stored.published[name].to_lowercase() == given.published[name].to_lowercase() {
        given.published[name].clone_from(&stored.published[name]);
    }
    let is_one = confirmations(&stored, &given).is_some_and(|count| count >= STRONG)
        && contradictions(&stored, &given).is_empty();
    Ok(is_one.then_some((stored, given)))
}
