//! Writes batches of an import into the case's tables.

use std::collections::BTreeSet;

use rusqlite::{Connection, Statement, params};

use super::doubt::Repeat;
use super::encode::Encoded;
use super::recent::ByHash;
use super::row::{COLUMNS, Content, EventRow, Origin, Stored};
use super::table::{Cell, CommandLines, Entry, NewRows, Table};
use crate::store::query;

/// How many events `insert_process_events` adds.
const EVENTS_AT_ONCE: usize = 32;
/// How many command lines `insert_command_lines` adds.
const COMMAND_LINES_AT_ONCE: usize = 32;

/// A part of an import, as large as is worth handing to another thread at once.
#[derive(Debug, Default)]
pub struct Batch {
    /// Rows that the events of this and later batches refer to.
    pub new_rows: NewRows,
    /// The events, each with the line of its row.
    pub events: Vec<(EventRow, u64)>,
    /// The same of those whose ReportId is a text.
    pub events_by_text: Vec<(EventRow, u64)>,
    /// How many rows said nothing that the case did not have.
    pub known: u64,
    /// What rows that agree with events of the case make surer.
    pub repeats: Vec<Repeat>,
    /// How many rows belong to other tables.
    pub other_rows: u64,
    /// Rows that are no events.
    pub rejects: Vec<Rejected>,
    /// The bytes of texts that stand in the events themselves and in rejected rows.
    pub bytes: usize,
}

impl Batch {
    /// Adds an event.
    pub fn push(&mut self, event: Encoded, line: u64) {
        self.repeats.extend(event.repeat);
        match event.row {
            Some(row) => {
                self.bytes += row.own_bytes();
                match event.content {
                    Some(Content::ReportId) => self.events_by_text.push((row, line)),
                    _ => self.events.push((row, line)),
                }
            }
            None => self.known += 1,
        }
    }

    /// Adds a row that is no event.
    pub fn reject(&mut self, line: u64, reason: String, raw: &[u8]) {
        self.bytes += reason.len() + raw.len();
        self.rejects.push(Rejected { line, reason, raw: raw.to_vec() });
    }

    /// How many rows it stands for.
    pub fn rows(&self) -> usize {
        self.events.len()
            + self.events_by_text.len()
            + self.rejects.len()
            + (self.known + self.other_rows) as usize
    }
}

/// A row that is no event.
#[derive(Debug)]
pub struct Rejected {
    pub line: u64,
    pub reason: String,
    pub raw: Vec<u8>,
}

/// A row whose event is in the case with other values: both are in `process_event` until they are compared, the
/// row under a number below 0 and without a key.
#[derive(Debug)]
pub struct Staged {
    pub event: Origin,
    pub staged_id: i64,
    pub line: u64,
}

/// What an import adds to a device's numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DeviceChange {
    events: i64,
    first: Option<i64>,
    last: Option<i64>,
    names: NewestNames<i64>,
}

impl DeviceChange {
    /// From the first of the import's events to the last.
    pub fn span(&self) -> Option<(i64, i64)> {
        self.first.zip(self.last)
    }
}

/// The names that a device's newest events have.
#[derive(Debug, Clone, PartialEq)]
struct NewestNames<N> {
    /// The time of the newest event that has a name.
    at: Option<i64>,
    /// Those of this time: a set, since whoever writes an export can give one device any number of them.
    names: BTreeSet<N>,
}

impl<N> Default for NewestNames<N> {
    fn default() -> Self {
        Self { at: None, names: BTreeSet::new() }
    }
}

impl<N: Ord> NewestNames<N> {
    fn see(&mut self, time: i64, name: N) {
        if self.at > Some(time) {
            return;
        }
        let is_newer = self.at < Some(time);
        self.at = Some(time);
        // Mostly the one name goes on.
        if is_newer && !(self.names.len() == 1 && self.names.contains(&name)) {
            self.names.clear();
        }
        self.names.insert(name);
    }
}

/// What was written.
#[derive(Debug, Default)]
pub struct Written {
    pub events_new: u64,
    pub events_known: u64,
    pub events_completed: u64,
    pub events_matched: u64,
    pub rows_conflicting: u64,
    pub rejects: u64,
    pub staged: Vec<Staged>,
    pub devices: ByHash<i64, DeviceChange>,
}

impl Written {
    /// Counts an event of a device.
    pub fn count(&mut self, row: &EventRow, events: i64) {
        let change = self.devices.entry(row.device_id).or_default();
        change.events += events;
        change.first = Some(change.first.map_or(row.time, |first| first.min(row.time)));
        change.last = Some(change.last.map_or(row.time, |last| last.max(row.time)));
        if let Some(name) = row.device_name_id {
            change.names.see(row.time, name);
        }
    }
}

/// Writes one import's batches.
pub struct Writer<'c> {
    connection: &'c Connection,
    import_id: i64,
    next_event_id: i64,
    insert_event: Statement<'c>,
    insert_events: Statement<'c>,
    get_event: Statement<'c>,
    insert_entry: Vec<Statement<'c>>,
    insert_command_lines: Statement<'c>,
    written: Written,
}

impl<'c> Writer<'c> {
    /// A writer for the import `import_id`, whose first new event gets `next_event_id`.
    pub fn new(connection: &'c Connection, import_id: i64, next_event_id: i64) -> rusqlite::Result<Self> {
        Self::resume(connection, import_id, next_event_id, Written::default())
    }

    /// A writer that goes on where another of the same import ended.
    pub fn resume(
        connection: &'c Connection,
        import_id: i64,
        next_event_id: i64,
        written: Written,
    ) -> rusqlite::Result<Self> {
        Ok(Self {
            connection,
            import_id,
            next_event_id,
            insert_event: connection.prepare(query!("store/insert_process_event"))?,
            insert_events: connection.prepare(query!("store/insert_process_events"))?,
            get_event: connection.prepare(query!("store/get_process_event_by_key"))?,
            insert_entry: Table::ALL
                .iter()
                .map(|table| connection.prepare(table.insert()))
                .collect::<rusqlite::Result<_>>()?,
            insert_command_lines: connection.prepare(query!("store/insert_command_lines"))?,
            written,
        })
    }

    /// Writes one batch.
    pub fn write(&mut self, batch: &Batch) -> rusqlite::Result<()> {
        self.write_new_rows(&batch.new_rows)?;
        let order = order_of(&batch.events);
        let (alone, chunks) = order.split_at(alone_of(order.len(), EVENTS_AT_ONCE));
        for index in alone {
            let (row, line) = &batch.events[*index];
            self.write_event(row, None, *line)?;
        }
        for (row, line) in &batch.events_by_text {
            self.write_event(row, Some(Content::ReportId), *line)?;
        }
        let (chunks, _) = chunks.as_chunks::<EVENTS_AT_ONCE>();
        for chunk in chunks {
            self.write_chunk(&chunk.map(|index| &batch.events[index]))?;
        }
        self.written.events_known += batch.known;
        batch.repeats.iter().try_for_each(|repeat| self.keep_repeat(*repeat))?;
        for reject in &batch.rejects {
            let mut insert = self.connection.prepare_cached(query!("store/insert_reject"))?;
            insert.execute(params![self.import_id, reject.line as i64, reject.reason, reject.raw])?;
            self.written.rejects += 1;
        }
        Ok(())
    }

    /// Writes rows of the tables that events refer to.
    pub fn write_new_rows(&mut self, new_rows: &NewRows) -> rusqlite::Result<()> {
        self.write_command_lines(&new_rows.command_lines)?;
        new_rows.entries.iter().try_for_each(|entry| self.write_entry(entry))
    }

    fn write_command_lines(&mut self, command_lines: &CommandLines) -> rusqlite::Result<()> {
        let insert_one = &mut self.insert_entry[Table::CommandLine as usize];
        let insert_many = &mut self.insert_command_lines;
        // The first by its number: the others come after it.
        let alone = alone_of(command_lines.len(), COMMAND_LINES_AT_ONCE);
        for (index, (id, text)) in command_lines.iter().enumerate() {
            let Some(index) = index.checked_sub(alone) else {
                insert_one.raw_bind_parameter(1, id)?;
                insert_one.raw_bind_parameter(2, text)?;
                insert_one.raw_execute()?;
                continue;
            };
            let place = index % COMMAND_LINES_AT_ONCE;
            insert_many.raw_bind_parameter(place + 1, text)?;
            if place + 1 == COMMAND_LINES_AT_ONCE {
                insert_many.raw_execute()?;
            }
        }
        Ok(())
    }

    fn write_entry(&mut self, entry: &Entry) -> rusqlite::Result<()> {
        let insert = &mut self.insert_entry[entry.table as usize];
        insert.raw_bind_parameter(1, entry.id)?;
        for (index, cell) in entry.cells.iter().enumerate() {
            match cell {
                Cell::Null => insert.raw_bind_parameter(index + 2, None::<i64>)?,
                Cell::Integer(integer) => insert.raw_bind_parameter(index + 2, integer)?,
                Cell::Text(text) => insert.raw_bind_parameter(index + 2, text)?,
            }
        }
        insert.raw_execute()?;
        Ok(())
    }

    /// The rows to compare with their events.
    pub fn take_staged(&mut self) -> Vec<Staged> {
        std::mem::take(&mut self.written.staged)
    }

    /// What was added to devices since this was asked.
    pub fn take_devices(&mut self) -> ByHash<i64, DeviceChange> {
        std::mem::take(&mut self.written.devices)
    }

    /// Counts that an event of this import, on a device, is one that the case had.
    pub fn count_matched(&mut self, device_id: i64) {
        self.written.events_new -= 1;
        self.written.events_matched += 1;
        self.written.devices.entry(device_id).or_default().events -= 1;
    }

    /// Counts a row that completes its event.
    pub fn count_completed(&mut self) {
        self.written.events_completed += 1;
    }

    /// Counts a row that was compared with its event: it is kept aside, or there is nothing new in it.
    pub fn count_compared(&mut self, is_kept_aside: bool) {
        match is_kept_aside {
            true => self.written.rows_conflicting += 1,
            false => self.written.events_known += 1,
        }
    }

    /// Keeps that a row repeats an event.
    pub fn keep_repeat(&mut self, Repeat { event_id, is_whole }: Repeat) -> rusqlite::Result<()> {
        let mut insert = self.connection.prepare_cached(query!("store/insert_repeated_event"))?;
        insert.execute((event_id, self.import_id, is_whole))?;
        Ok(())
    }

    /// What has been written.
    pub fn finish(self) -> Written {
        self.written
    }

    /// Adds events at once or, where the case has one of them, one by one.
    fn write_chunk(&mut self, chunk: &[&(EventRow, u64)]) -> rusqlite::Result<()> {
        for (index, (row, line)) in chunk.iter().enumerate() {
            row.bind(&mut self.insert_events, index * COLUMNS, (self.import_id, *line))?;
        }
        // Without an event of this import to come after, they would not get the numbers that are theirs.
        let added = if self.written.events_new > 0 { self.insert_events.raw_execute()? } else { 0 };
        if added == chunk.len() {
            self.next_event_id += added as i64;
            self.written.events_new += added as u64;
            chunk.iter().for_each(|(row, _)| self.written.count(row, 1));
            return Ok(());
        }
        let mut delete = self.connection.prepare_cached(query!("store/delete_process_events"))?;
        delete.execute([self.next_event_id])?;
        chunk.iter().try_for_each(|(row, line)| self.write_event(row, None, *line))
    }

    fn write_event(&mut self, row: &EventRow, content: Option<Content>, line: u64) -> rusqlite::Result<()> {
        if self.insert(row, self.next_event_id, line)? {
            self.next_event_id += 1;
            self.written.events_new += 1;
            self.written.count(row, 1);
            return Ok(());
        }
        let Stored { origin, row: known } = match (row.report_id, row.content_hash, content) {
            (Some(report_id), ..) => {
                self.get_event.query_row([row.device_id, row.time, report_id], Stored::read)?
            }
            (None, Some(hash), Some(Content::ReportId)) => {
                let mut get = self.connection.prepare_cached(query!("store/get_process_event_by_content"))?;
                get.query_row([row.device_id, row.time, hash], Stored::read)?
            }
            // Known by its whole content, so there is nothing to compare.
            _ => {
                self.written.events_known += 1;
                return Ok(());
            }
        };
        match known.fill(row) {
            Some(filled) if filled == known => {
                self.written.events_known += 1;
                return Ok(());
            }
            Some(filled) => {
                self.count_completed();
                return self.fill(origin.event_id, &filled, line);
            }
            None => {}
        }
        let staged_id = -1 - self.written.staged.len() as i64;
        self.insert(&EventRow { report_id: None, content_hash: None, ..row.clone() }, staged_id, line)?;
        self.written.staged.push(Staged { event: origin, staged_id, line });
        Ok(())
    }

    /// Writes an event with the values that the row at `line` filled: rules look at it again.
    pub fn fill(&mut self, event_id: i64, filled: &EventRow, line: u64) -> rusqlite::Result<()> {
        let mut update = self.connection.prepare_cached(query!("store/update_process_event"))?;
        filled.update(&mut update, event_id)?;
        let mut insert = self.connection.prepare_cached(query!("store/insert_event_completion"))?;
        insert.execute((event_id, self.import_id, line as i64))?;
        self.written.count(filled, 0);
        Ok(())
    }

    /// False where an event of this key is in the case.
    fn insert(&mut self, row: &EventRow, event_id: i64, line: u64) -> rusqlite::Result<bool> {
        row.bind(&mut self.insert_event, 0, (self.import_id, line))?;
        self.insert_event.raw_bind_parameter(COLUMNS + 1, event_id)?;
        Ok(self.insert_event.raw_execute()? > 0)
    }
}

/// How many of `count` rows are written alone, so that the others can be written `at_once`. The first is always one of
/// them: it is written by its number, and the others come after it.
fn alone_of(count: usize, at_once: usize) -> usize {
    count.checked_sub(1).map_or(0, |others| others % at_once + 1)
}

/// The order in which events are neighbours in the index. Rows of one key stay in the order of their lines.
fn order_of(events: &[(EventRow, u64)]) -> Vec<usize> {
    let keys = events.iter().enumerate();
    let mut keys: Vec<(i64, i64, Option<i64>, usize)> =
        keys.map(|(index, (row, _))| (row.device_id, row.time, row.report_id, index)).collect();
    keys.sort_unstable();
    keys.into_iter().map(|(.., index)| index).collect()
}

/// Adds an import's changes to its devices' numbers.
pub fn update_devices(
    connection: &Connection,
    import_id: i64,
    changes: &ByHash<i64, DeviceChange>,
) -> rusqlite::Result<()> {
    let mut update = connection.prepare(query!("store/update_device"))?;
    let mut get_text = connection.prepare(query!("store/get_text"))?;
    for (device_id, change) in changes {
        // Of several names at one time the greatest counts, so that the order of rows does not.
        let mut name = String::new();
        for text_id in &change.names.names {
            name = name.max(get_text.query_row([text_id], |row| row.get("text"))?);
        }
        update.execute(rusqlite::named_params! {
            ":device_id": device_id,
            ":import_id": import_id,
            ":events": change.events,
            ":first_event": change.first,
            ":last_event": change.last,
            ":named_at": change.names.at,
            ":name": name,
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::cmp::Ordering;

    use super::*;

    /// A name that counts how often it is compared.
    #[derive(PartialEq, Eq)]
    struct Counted<'c>(u32, &'c Cell<u64>);

    impl PartialOrd for Counted<'_> {
        fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
            Some(self.cmp(other))
        }
    }

    impl Ord for Counted<'_> {
        fn cmp(&self, other: &Self) -> Ordering {
            self.1.set(self.1.get() + 1);
            self.0.cmp(&other.0)
        }
    }

    #[test]
    fn many_names_of_one_device_at_one_instant_are_not_compared_each_with_each() {
        let comparisons = Cell::new(0);
        let mut names = NewestNames::default();
        for name in 0..10_000 {
            names.see(7, Counted(name, &comparisons));
        }
        assert_eq!(names.names.len(), 10_000);
        assert!(comparisons.get() < 10_000 * 40, "{}", comparisons.get());
    }

    #[test]
    fn only_the_names_of_the_newest_time_count() {
        let mut names = NewestNames::default();
        for (time, name) in [(1, 10), (3, 30), (2, 20), (3, 31)] {
            names.see(time, name);
        }
        assert_eq!((names.at, names.names), (Some(3), BTreeSet::from([30, 31])));
    }
}
