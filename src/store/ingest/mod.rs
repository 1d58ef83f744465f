//! Takes one export in, as one transaction.
//!
//! Two threads share the work: one reads rows and gives contents their numbers, one writes. What the case holds
//! of earlier imports is looked up on disk, and only for events of a device and time that it may hold.

mod content;
mod devices;
mod doubt;
mod encode;
mod interner;
mod joining;
mod matching;
mod merge;
mod names;
mod occurrence;
mod recent;
mod reconcile;
mod row;
mod table;
mod texts;
mod unnumbered;
mod upgrade;
mod writer;

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use rusqlite::{Connection, named_params};
use serde_json::json;

use self::doubt::{Doubts, Standing};
use self::encode::{Encoded, Encoder};
use self::interner::Interner;
use self::merge::Merger;
use self::reconcile::reconcile;
use self::upgrade::hash_old_events;
use self::writer::{Batch, Writer, Written};
use super::case::{BUSY_TIMEOUT, open_to_look_up};
use super::holder::Signature;
use super::imports::{Import, find_by_digest, has_imports};
use super::{Case, query};
use crate::error::{Error, Result};
use crate::event::Timestamp;
use crate::source::{Export, Notice, Row};

const ROWS_PER_BATCH: usize = 16 << 10;
const BATCHES_WAITING: usize = 2;
/// How many bytes of new texts and rejected rows a batch holds before it is handed on.
const BYTES_PER_BATCH: usize = 4 << 20;
/// How long an import that is written straight into the case waits for others who read it.
const PATIENCE: Duration = Duration::from_secs(600);
/// KiB of the file that are held in memory while it is written.
const CACHE_KIB: i64 = 64 << 10;

/// Who takes an export in, and when.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The analyst.
    pub by: &'a str,
    /// The present.
    pub at: Timestamp,
}

/// What became of an export.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It was taken in.
    Imported(Import),
    /// The same bytes had been taken in before; nothing changed.
    AlreadyImported(Import),
}

/// Takes an export in. `progress` is told the bytes read and the events met, now and then.
///
/// # Errors
/// The export cannot be read, or the case not written; the case is then as it was.
pub fn ingest(
    case: &mut Case,
    export: &mut Export,
    request: Request<'_>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Outcome> {
    hash_old_events(case.connection())?;
    let (path, signature, is_new) = (case.path().to_owned(), case.signature(), case.is_new());
    let connection = case.connection_mut();
    let is_straight = is_new && !has_imports(connection)? && write_straight(connection)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    // References are made by the interner, which knows that they hold; to check each again costs a third.
    connection.execute_batch("PRAGMA foreign_keys = OFF")?;
    let outcome = ingest_as_transaction(connection, (&path, &signature), export, request, progress);
    connection.execute_batch("PRAGMA foreign_keys = ON")?;
    if is_straight {
        connection.busy_timeout(BUSY_TIMEOUT)?;
        // Where somebody reads just now, whoever opens the case next does it.
        let _ = connection.execute_batch("PRAGMA journal_mode = WAL");
    }
    outcome
}

/// Begins the transaction. Where another import was the first meanwhile, its events are looked up while these are
/// written, which takes SQLite's log.
fn begin(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode == "wal" || !has_imports(connection)? {
        return Ok(());
    }
    connection.execute_batch("ROLLBACK; PRAGMA journal_mode = WAL; BEGIN IMMEDIATE")
}

/// Has the first events of a case that was just made written into the file itself, and not into SQLite's log before:
/// there is nothing in it yet that others would read meanwhile. Somebody who does is waited for. False where somebody has
/// the case open: then all stays as it was.
fn write_straight(connection: &Connection) -> rusqlite::Result<bool> {
    connection.busy_timeout(Duration::ZERO)?;
    let mode =
        connection.pragma_update_and_check(None, "journal_mode", "TRUNCATE", |row| row.get::<_, String>(0));
    let is_straight = mode.is_ok_and(|mode| mode == "truncate");
    connection.busy_timeout(if is_straight { PATIENCE } else { BUSY_TIMEOUT })?;
    Ok(is_straight)
}

/// Keeps what an export brings whole, or leaves the case as it was.
fn ingest_as_transaction(
    connection: &mut Connection,
    (path, signature): (&Path, &Signature),
    export: &mut Export,
    request: Request<'_>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Outcome> {
    begin(connection)?;
    let holder = signature.announce();
    let outcome = ingest_in_transaction(connection, path, export, request, progress);
    // Before others can begin, so that it never takes back what they say.
    drop(holder);
    let outcome = match outcome {
        Ok(outcome @ Outcome::Imported(_)) => {
            connection.execute_batch("COMMIT").map(|()| outcome).map_err(Error::from)
        }
        other => other,
    };
    if !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    outcome
}

fn ingest_in_transaction(
    connection: &mut Connection,
    path: &Path,
    export: &mut Export,
    request: Request<'_>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Outcome> {
    let (import_id, first_event_id, interner) = {
        let mut statement = connection.prepare(query!("store/get_last_ids"))?;
        statement.query_row([], |row| {
            let (import_id, event_id): (i64, i64) = (row.get("import_id")?, row.get("event_id")?);
            let earlier = (import_id > 0).then(|| open_to_look_up(path)).transpose()?;
            Ok((import_id + 1, event_id + 1, Interner::new(row, earlier)?))
        })?
    };
    let mut encoder = Encoder::new(interner, Doubts::read(connection)?);
    let (sender, receiver) = sync_channel(BATCHES_WAITING);
    let (read, written) = std::thread::scope(|scope| {
        let connection = &mut *connection;
        let writing = scope.spawn(move || write_batches(connection, import_id, first_event_id, receiver));
        let read = read_batches(export, &mut encoder, sender, progress);
        let written = writing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        // A writer that fails ends the reading too; its error is the cause.
        written.map_err(Error::from).and_then(|written| Ok((read?, written)))
    })?;
    let (size_bytes, sha256) = export.finish()?;
    if let Some(import) = find_by_digest(connection, &sha256, export.member())? {
        return Ok(Outcome::AlreadyImported(import));
    }
    let (recovered_after, columns) = (export.recovered_after(), export.columns());
    let standing =
        |line| Standing { is_in_order: recovered_after.is_none_or(|after| line <= after), columns };
    let mut merger = Merger::resume(connection, import_id, &mut encoder, written, &standing)?;
    merger.merge_staged()?;
    let told_twice = reconcile(&mut merger, first_event_id)?;
    let written = merger.finish();
    if let Some(after) = recovered_after {
        connection.prepare(query!("store/doubt_repeated_events"))?.execute((import_id, after as i64))?;
    }
    encoder.interner().remember(connection)?;
    let import = Import {
        id: import_id,
        file_name: export.name().to_owned(),
        sha256,
        member: export.member().to_owned(),
        size_bytes: size_bytes as i64,
        format: export.format().to_owned(),
        imported_at: request.at,
        imported_by: request.by.to_owned(),
        recovered_after: recovered_after.map(|line| line as i64),
        other_tables: export.other_tables().iter().map(|(name, rows)| (name.clone(), *rows as i64)).collect(),
        lacking: export.lacking(),
        ..summary(&read, &written)
    };
    let notices = notices(export, &encoder, &import).into_iter().chain(told_twice).collect();
    let import = Import { notices, ..import };
    insert_import(connection, &import)?;
    Ok(Outcome::Imported(import))
}

/// What was read, as far as the writer cannot know it.
#[derive(Debug, Default)]
struct Read {
    events: u64,
    recovered: u64,
    of_other_tables: u64,
    without_report_id: u64,
    without_device_id: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Read {
    fn count(&mut self, event: &Encoded, is_in_order: bool) {
        self.events += 1;
        self.recovered += u64::from(!is_in_order);
        self.without_report_id += u64::from(!event.has_report_id);
        self.without_device_id += u64::from(!event.has_device_id);
        self.first = Some(self.first.map_or(event.time, |first| first.min(event.time)));
        self.last = self.last.max(Some(event.time));
    }
}

fn read_batches(
    export: &mut Export,
    encoder: &mut Encoder,
    sender: SyncSender<Batch>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Read> {
    let mut read = Read::default();
    let mut batch = Batch::default();
    loop {
        let recovered_after = export.recovered_after();
        let Some(row) = export.next_row()? else { break };
        match row {
            Row::Event { line, fields, raw } => {
                let is_in_order = recovered_after.is_none_or(|after| line <= after);
                match encoder.encode(&fields, is_in_order)? {
                    Ok(event) => {
                        read.count(&event, is_in_order);
                        batch.push(event, line);
                    }
                    Err(fault) if fault.is_unsettled() => {
                        export.settle(line, &fault)?;
                        export.unread_row();
                        continue;
                    }
                    Err(fault) => batch.reject(line, fault.to_string(), raw),
                }
            }
            Row::Rejected { line, reason, raw } => batch.reject(line, reason, raw),
            Row::OtherTable(_) => batch.other_rows += 1,
        }
        if batch.rows() >= ROWS_PER_BATCH || batch.bytes + encoder.interner().new_bytes() >= BYTES_PER_BATCH {
            batch.new_rows = encoder.interner().take_new_rows();
            if sender.send(std::mem::take(&mut batch)).is_err() {
                return Ok(read); // the writer has failed and says why
            }
            progress(export.bytes_read(), read.events);
        }
    }
    // Those before the first event, when it was found out whether the file is ours, were counted there alone.
    read.of_other_tables = export.other_tables().values().sum();
    batch.new_rows = encoder.interner().take_new_rows();
    let _ = sender.send(batch);
    Ok(read)
}

fn write_batches(
    connection: &mut Connection,
    import_id: i64,
    first_event_id: i64,
    batches: Receiver<Batch>,
) -> rusqlite::Result<Written> {
    let mut writer = Writer::new(connection, import_id, first_event_id)?;
    for batch in batches {
        writer.write(&batch)?;
    }
    Ok(writer.finish())
}

/// The numbers of rows at which the portal and the APIs cut their answers. Sources:
/// <https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-limits>,
/// <https://learn.microsoft.com/en-us/defender-endpoint/api/run-advanced-query-api>,
/// <https://learn.microsoft.com/en-us/azure/azure-monitor/fundamentals/service-limits>.
const LIMITS: [i64; 4] = [10_000, 30_000, 100_000, 500_000];

/// What a person should know of an import.
fn notices(export: &Export, encoder: &Encoder, import: &Import) -> Vec<Notice> {
    let mut notices = export.notices();
    notices.extend(encoder.names().notices());
    if let (true, Some(first), Some(last)) =
        (LIMITS.contains(&import.rows_read), import.first_event, import.last_event)
    {
        let [first, last] = [first, last].map(Timestamp::to_seconds_text);
        notices.push(Notice::ProbablyCut { rows: import.rows_read as u64, first, last });
    }
    notices
}

/// The counts of an import; who, when and which file are left empty.
fn summary(read: &Read, written: &Written) -> Import {
    Import {
        rows_read: (read.events + read.of_other_tables + written.rejects) as i64,
        events_new: written.events_new as i64,
        events_known: written.events_known as i64,
        events_completed: written.events_completed as i64,
        events_matched: written.events_matched as i64,
        rows_conflicting: written.rows_conflicting as i64,
        rows_rejected: written.rejects as i64,
        rows_of_other_tables: read.of_other_tables as i64,
        rows_recovered: read.recovered as i64,
        rows_without_report_id: read.without_report_id as i64,
        rows_without_device_id: read.without_device_id as i64,
        first_event: read.first,
        last_event: read.last,
        ..Import::default()
    }
}

fn insert_import(connection: &Connection, import: &Import) -> Result<()> {
    connection.prepare(query!("store/insert_import"))?.execute(named_params! {
        ":import_id": import.id,
        ":file_name": import.file_name,
        ":sha256": import.sha256,
        ":member": import.member,
        ":size_bytes": import.size_bytes,
        ":format": import.format,
        ":imported_at": import.imported_at.ticks(),
        ":imported_by": import.imported_by,
        ":rows_read": import.rows_read,
        ":events_new": import.events_new,
        ":events_known": import.events_known,
        ":events_completed": import.events_completed,
        ":rows_conflicting": import.rows_conflicting,
        ":rows_rejected": import.rows_rejected,
        ":rows_of_other_tables": import.rows_of_other_tables,
        ":events_matched": import.events_matched,
        ":rows_without_report_id": import.rows_without_report_id,
        ":rows_without_device_id": import.rows_without_device_id,
        ":first_event": import.first_event.map(Timestamp::ticks),
        ":last_event": import.last_event.map(Timestamp::ticks),
        ":rows_recovered": import.rows_recovered,
        ":recovered_after": import.recovered_after,
        ":other_tables": json!(import.other_tables).to_string(),
        ":lacking": json!(import.lacking).to_string(),
        ":notices": json!(import.notices).to_string(),
    })?;
    Ok(())
}
