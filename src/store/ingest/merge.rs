//! Rows whose event is in the case with other values.
//!
//! A value that one side lacks is no contradiction, and of a time told at two precisions the finer one counts: the event
//! is completed, so that the order of files does not matter. Where two filled values differ, the row is kept aside and
//! the event stays as it is.

use rusqlite::{Connection, named_params};
use serde_json::{Map, Value};

use super::doubt::Standing;
use super::encode::Encoder;
use super::recent::ByHash;
use super::row::{EventRow, Origin};
use super::texts::{Texts, read_texts, to_event};
use super::writer::{Writer, Written};
use crate::error::Result;
use crate::event::{Column, Fields, Kind, Timestamp};
use crate::store::query;

/// Puts rows into events of the case.
pub struct Merger<'a> {
    pub connection: &'a Connection,
    pub import_id: i64,
    pub encoder: &'a mut Encoder,
    pub writer: Writer<'a>,
    /// How the row of a line stands in its file.
    pub standing: &'a dyn Fn(u64) -> Standing,
    /// Devices that were joined with others, and these.
    joined: ByHash<i64, i64>,
}

impl<'a> Merger<'a> {
    /// Goes on where an import's writer ended.
    pub fn resume(
        connection: &'a Connection,
        import_id: i64,
        encoder: &'a mut Encoder,
        written: Written,
        standing: &'a dyn Fn(u64) -> Standing,
    ) -> Result<Self> {
        let writer = Writer::resume(connection, import_id, 0, written)?;
        Ok(Self { connection, import_id, encoder, writer, standing, joined: ByHash::default() })
    }

    /// What has been written.
    pub fn finish(self) -> Written {
        self.writer.finish()
    }

    /// Has what is counted for a device be counted for another, with which it is joined.
    pub fn join_devices(&mut self, gone: i64, kept: i64) {
        self.joined.insert(gone, kept);
    }

    /// The device that one is now.
    pub fn device_of(&self, device_id: i64) -> i64 {
        self.joined.get(&device_id).copied().unwrap_or(device_id)
    }

    /// Compares each staged row with its event, and takes it away.
    pub fn merge_staged(&mut self) -> Result<()> {
        for staged in self.writer.take_staged() {
            let stored = read_texts(self.connection, staged.event.event_id)?;
            let mut given = read_texts(self.connection, staged.staged_id)?;
            self.connection
                .prepare_cached(query!("store/delete_process_event"))?
                .execute([staged.staged_id])?;
            let report_id = Column::ReportId as usize;
            given.published[report_id].clone_from(&stored.published[report_id]);
            self.put_into(staged.event, &stored, &given, staged.line)?;
        }
        Ok(())
    }

    /// Puts the row at `line`, which is no longer in the case, into an event of it.
    pub fn put_into(&mut self, event: Origin, stored: &Texts, given: &Texts, line: u64) -> Result<()> {
        let contradictions = contradictions(stored, given);
        if !contradictions.is_empty() {
            let is_kept = self.keep_conflict(event, line, &contradictions, given)?;
            self.writer.count_compared(is_kept);
            // What both say of times they say at two precisions, whatever else they contradict each other in.
            let finer = with_finer_times(stored, given);
            return if finer == *stored { Ok(()) } else { self.fill_event(event, stored, &finer, line) };
        }
        let filled = fill(stored, given);
        let (says_all, standing) = (fill(given, stored) == *given, (self.standing)(line));
        let repeat = match filled == *stored {
            true => self.encoder.doubts().repeat(event, says_all, standing),
            false => self.encoder.doubts().confirm(event, says_all, standing),
        };
        repeat.map_or(Ok(()), |repeat| self.writer.keep_repeat(repeat))?;
        if filled == *stored {
            self.writer.count_compared(false);
            return Ok(());
        }
        self.writer.count_completed();
        self.fill_event(event, stored, &filled, line)
    }

    /// Gives an event the values that the row at `line` filled.
    fn fill_event(&mut self, event: Origin, stored: &Texts, filled: &Texts, line: u64) -> Result<()> {
        let row = encode_texts(filled, self.encoder)?;
        let row = EventRow { device_id: self.device_of(row.device_id), ..row };
        self.writer.write_new_rows(&self.encoder.interner().take_new_rows())?;
        let is_new_key =
            |column: &Column| filled.published[*column as usize] != stored.published[*column as usize];
        if [Column::Timestamp, Column::ReportId].iter().any(is_new_key) {
            let mut update = self.connection.prepare_cached(query!("store/update_event_key"))?;
            update.execute((event.event_id, row.time, row.report_id))?;
        }
        Ok(self.writer.fill(event.event_id, &row, line)?)
    }

    /// False where the very same row is kept already.
    fn keep_conflict(
        &self,
        event: Origin,
        line: u64,
        columns: &[String],
        given: &Texts,
    ) -> rusqlite::Result<bool> {
        let published =
            Column::ALL.iter().map(|column| column.name().to_owned()).zip(given.published.iter().cloned());
        let filled = published.chain(given.extra.clone()).filter(|(_, text)| !text.is_empty());
        let row: Map<String, Value> = filled.map(|(name, text)| (name, Value::String(text))).collect();
        let kept =
            self.connection.prepare_cached(query!("store/insert_conflict"))?.execute(named_params! {
                ":event_id": event.event_id,
                ":import_id": self.import_id,
                ":line": line as i64,
                ":columns": Value::from(columns).to_string(),
                ":row": Value::Object(row).to_string(),
            })?;
        Ok(kept > 0)
    }
}

/// The names of columns that both fill, with different values.
pub fn contradictions(stored: &Texts, given: &Texts) -> Vec<String> {
    let published = Column::ALL.iter().zip(stored.published.iter().zip(&given.published));
    let published = published
        .filter(|(column, (a, b))| differ(a, b) && !is_same_value(**column, a, b))
        .map(|(column, _)| column.name().to_owned());
    let differ_aside = |name: &str, a: &str, b: &str| {
        // A ReportId that is a text is kept among the other columns.
        differ(a, b) && !(name == Column::ReportId.name() && a.eq_ignore_ascii_case(b))
    };
    let extra = given
        .extra
        .iter()
        .filter(|(name, b)| stored.extra.get(*name).is_some_and(|a| differ_aside(name, a, b)));
    published.chain(extra.map(|(name, _)| name.clone())).collect()
}

fn differ(a: &str, b: &str) -> bool {
    !a.is_empty() && !b.is_empty() && a != b && !is_same_json(a, b)
}

/// Whether two texts that differ are the same value in a column.
fn is_same_value(column: Column, a: &str, b: &str) -> bool {
    (column.ignores_case() && a.eq_ignore_ascii_case(b))
        || (column.kind() == Kind::Datetime && finer(a, b).is_some())
}

/// The finer of two times, where they may be one at two precisions.
pub fn finer<'t>(a: &'t str, b: &'t str) -> Option<&'t str> {
    let ((time, _), (other, _)) = (Timestamp::parse(a)?, Timestamp::parse(b)?);
    time.finer(other).map(|finer| if finer == time { a } else { b })
}

/// Whether two texts are the same JSON, written with other blanks or in another order: exports of the same event
/// differ in that.
fn is_same_json(a: &str, b: &str) -> bool {
    let object =
        |text: &str| text.starts_with(['{', '[']).then(|| serde_json::from_str::<Value>(text).ok()).flatten();
    object(a).is_some_and(|a| object(b) == Some(a))
}

/// An event with what another, which contradicts it nowhere, says besides.
fn fill(stored: &Texts, given: &Texts) -> Texts {
    let mut filled = with_finer_times(stored, given);
    for (text, given) in filled.published.iter_mut().zip(&given.published).filter(|(text, _)| text.is_empty())
    {
        text.clone_from(given);
    }
    let mut extra = given.extra.clone();
    extra.extend(filled.extra);
    Texts { extra, ..filled }
}

/// An event with each of its times that another tells finer.
fn with_finer_times(stored: &Texts, given: &Texts) -> Texts {
    let mut told = stored.clone();
    for column in Column::ALL.iter().filter(|column| column.kind() == Kind::Datetime) {
        let (text, given) = (&mut told.published[*column as usize], &given.published[*column as usize]);
        if let Some(finer) = finer(text, given) {
            *text = finer.to_owned();
        }
    }
    told
}

fn encode_texts(texts: &Texts, encoder: &mut Encoder) -> Result<EventRow> {
    let extra = texts.extra_text();
    let fields = Fields::new(texts, &extra);
    Ok(encoder.encode_event(&to_event(&fields)?)?)
}
