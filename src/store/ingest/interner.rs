//! Gives contents numbers, so that each is stored once as long as it keeps coming.
//!
//! Contents that were met lately, in this import and in those before it, are known by their hashes. One that comes back
//! after a long time is stored again: so nothing that is held or looked up grows with the case. Only devices are known
//! for good, by an index, since findings are told by their device.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use highway::{HighwayHash, HighwayHasher, Key};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::recent::{ByHash, Recent};
use super::table::{Cell, Entry, NewRows, Table};
use crate::event::Device;
use crate::store::query;

/// How many contents of one table are known at least, of those met last.
const KNOWN: usize = 1 << 17;
/// How many contents a case remembers from one import to the next.
const REMEMBERED: usize = 1 << 17;
/// Bytes of one of them: its hash, then its table and number.
const KEY_BYTES: usize = 24;
/// How many rows of the case are known to be known.
const SEEDED: usize = 1 << 20;
/// Where the table stands in the number that is remembered with a hash.
const TABLE_SHIFT: u32 = 56;

/// Gives contents numbers.
///
/// Contents are told apart by a 128-bit HighwayHash under a secret of the case, so that nobody who writes command
/// lines can aim two of them at one hash.
pub struct Interner {
    secret: Key,
    /// The case as it was before this import; None when it had none.
    earlier: Option<Connection>,
    devices: ByHash<u128, i64>,
    /// The last event of each device that the case had before.
    last_events: ByHash<i64, i64>,
    /// By table, so that the small ones stay in the processor's cache.
    by_content: [Recent<i64>; Table::ALL.len()],
    /// Rows of the case whose contents were looked up, with the hashes of these.
    seeded: ByHash<i64, u128>,
    next_id: [i64; Table::ALL.len()],
    /// The rows that are new to the case and not handed out yet, and the bytes of their texts.
    new_rows: NewRows,
    new_bytes: usize,
    bytes: Bytes,
}

impl Interner {
    /// Reads where an import's numbers go on: `last_ids` is the row of `get_last_ids`.
    pub fn new(last_ids: &Row<'_>, earlier: Option<Connection>) -> rusqlite::Result<Self> {
        let mut next_id = [0; Table::ALL.len()];
        for table in Table::ALL {
            next_id[table as usize] = last_ids.get::<_, i64>(table.id_column())? + 1;
        }
        let secret: [u8; 32] = last_ids.get("content_key_secret")?;
        let mut words = [0_u64; 4];
        for (word, bytes) in words.iter_mut().zip(secret.chunks_exact(8)) {
            *word = bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        }
        let mut interner = Self {
            secret: Key(words),
            earlier,
            devices: ByHash::default(),
            last_events: ByHash::default(),
            by_content: Table::ALL.map(|_| Recent::new(KNOWN)),
            seeded: ByHash::default(),
            next_id,
            new_rows: NewRows::default(),
            new_bytes: 0,
            bytes: Bytes::default(),
        };
        interner.recall()?;
        Ok(interner)
    }

    /// The number of a device: it is known by its id, whatever the case, and without one by its name in lower case.
    pub fn intern_device(&mut self, device: &Device<'_>) -> rusqlite::Result<i64> {
        let name_key = if device.id.is_empty() { device.name.to_lowercase() } else { String::new() };
        let cells = [Cell::Text(device.id), Cell::Text(name_key.as_str())];
        let hash =
            self.hash_cells(Table::Device, &[Cell::Text(&folded(device.id)), Cell::Text(name_key.as_str())]);
        if let Some(id) = self.devices.get(&hash) {
            return Ok(*id);
        }
        let id = match self.find_device(device.id, &name_key)? {
            Some(id) => id,
            None => self.add(Table::Device, &cells),
        };
        self.devices.insert(hash, id);
        Ok(id)
    }

    /// The number of a row of `table` with these columns.
    pub fn intern(&mut self, table: Table, cells: &[Cell<&str>]) -> rusqlite::Result<i64> {
        let hash = self.hash_cells(table, cells);
        if let Some(id) = self.by_content[table as usize].get(hash) {
            return Ok(id);
        }
        let id = self.add(table, cells);
        self.by_content[table as usize].insert(hash, id);
        Ok(id)
    }

    /// The case before this import, when it may hold an event of this device and time.
    pub fn earlier_with(&self, device_id: i64, time: i64) -> Option<&Connection> {
        let last = self.last_events.get(&device_id)?;
        self.earlier.as_ref().filter(|_| time <= *last)
    }

    /// Whether the case had events before of devices that were met.
    pub fn knows_events(&self) -> bool {
        !self.last_events.is_empty()
    }

    /// The last event of a device that the case had before this import.
    pub fn last_event_of(&self, device_id: i64) -> Option<i64> {
        self.last_events.get(&device_id).copied()
    }

    /// Makes a row of the case the one that is given to its content from now on.
    pub fn seed(&mut self, table: Table, id: i64) -> rusqlite::Result<()> {
        if let Some(hash) = self.seeded.get(&tagged(table, id)) {
            let known = self.by_content[table as usize].get(*hash);
            if known == Some(id) && table.references().is_empty() {
                return Ok(());
            }
        }
        let Some(cells) = self.read_cells(table, id)? else { return Ok(()) };
        for (index, table) in table.references() {
            if let Cell::Integer(id) = cells[*index] {
                self.seed(*table, id)?;
            }
        }
        let cells: Vec<Cell<&str>> = cells.iter().map(Cell::borrowed).collect();
        let hash = self.hash_cells(table, &cells);
        self.by_content[table as usize].insert(hash, id);
        if self.seeded.len() >= SEEDED {
            self.seeded.clear();
        }
        self.seeded.insert(tagged(table, id), hash);
        Ok(())
    }

    /// A 128-bit hash, under the case's secret, of the bytes that `write` appends.
    pub fn hash(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> u128 {
        self.bytes.0.clear();
        write(&mut self.bytes.0);
        self.hash_bytes()
    }

    /// A 64-bit hash of a value, under the case's secret.
    pub fn hash_value(&mut self, value: &impl Hash) -> i64 {
        self.bytes.0.clear();
        value.hash(&mut self.bytes);
        HighwayHasher::new(self.secret).hash64(&self.bytes.0) as i64
    }

    /// The bytes of the texts that [`Self::take_new_rows`] would give.
    pub fn new_bytes(&self) -> usize {
        self.new_bytes
    }

    /// The rows that are new since the last call.
    pub fn take_new_rows(&mut self) -> NewRows {
        self.new_bytes = 0;
        std::mem::take(&mut self.new_rows)
    }

    /// Has the case remember what this import met, and forget what others met long ago.
    pub fn remember(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut keys: Vec<(i64, u128)> = Vec::new();
        // The tables of which there are fewest first, and the newest of each.
        for table in Table::ALL.into_iter().rev() {
            let met = self.by_content[table as usize].met();
            let mut of_table: Vec<_> = met.map(|(hash, id)| (tagged(table, id), hash)).collect();
            of_table.sort_unstable_by(|a, b| b.cmp(a));
            of_table.truncate(REMEMBERED - keys.len());
            keys.append(&mut of_table);
        }
        let mut packed = Vec::with_capacity(keys.len() * KEY_BYTES);
        for (tagged_id, hash) in keys {
            packed.extend(hash.to_be_bytes());
            packed.extend(tagged_id.to_be_bytes());
        }
        let contents = packed.len() / KEY_BYTES;
        connection.prepare(query!("store/insert_recent_content"))?.execute((contents as i64, packed))?;
        connection.prepare(query!("store/delete_recent_content"))?.execute([REMEMBERED as i64])?;
        Ok(())
    }

    /// Takes up what the imports before this one met.
    fn recall(&mut self) -> rusqlite::Result<()> {
        let Some(earlier) = &self.earlier else { return Ok(()) };
        let mut statement = earlier.prepare(query!("store/list_recent_contents"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (keys, _) = row.get_ref("keys")?.as_blob()?.as_chunks::<KEY_BYTES>();
            for key in keys {
                let (hash, tagged_id) = key.split_at(16);
                let hash = hash.iter().fold(0, |hash, byte| hash << 8 | u128::from(*byte));
                let tagged_id = tagged_id.iter().fold(0, |id, byte| id << 8 | i64::from(*byte));
                if let Some(recent) = self.by_content.get_mut((tagged_id >> TABLE_SHIFT) as usize) {
                    recent.insert_old(hash, tagged_id & ((1 << TABLE_SHIFT) - 1));
                }
            }
        }
        Ok(())
    }

    fn find_device(&mut self, id: &str, name_key: &str) -> rusqlite::Result<Option<i64>> {
        let Some(earlier) = &self.earlier else { return Ok(None) };
        let (query, key) = match id {
            "" => (query!("store/get_device_by_name"), name_key),
            _ => (query!("store/get_device_by_id"), id),
        };
        let mut statement = earlier.prepare_cached(query)?;
        let found = statement
            .query_row(named_params! { ":key": key }, |row| {
                Ok((row.get("device_id")?, row.get("last_event")?))
            })
            .optional()?;
        let Some((device_id, last_event)) = found else { return Ok(None) };
        self.last_events.extend(Option::map(last_event, |last| (device_id, last)));
        Ok(Some(device_id))
    }

    fn read_cells(&self, table: Table, id: i64) -> rusqlite::Result<Option<Vec<Cell<String>>>> {
        let Some(earlier) = &self.earlier else { return Ok(None) };
        let mut statement = earlier.prepare_cached(table.get())?;
        let columns = statement.column_count();
        let cells = statement.query_row([id], |row| {
            let cells = (0..columns).map(|index| {
                Ok(match row.get_ref(index)? {
                    ValueRef::Null => Cell::Null,
                    ValueRef::Integer(integer) => Cell::Integer(integer),
                    other => Cell::Text(other.as_str()?.to_owned()),
                })
            });
            cells.collect()
        });
        cells.optional()
    }

    fn hash_cells(&mut self, table: Table, cells: &[Cell<&str>]) -> u128 {
        self.bytes.0.clear();
        self.bytes.0.push(table as u8);
        for cell in cells {
            self.bytes.push(cell);
        }
        self.hash_bytes()
    }

    fn hash_bytes(&self) -> u128 {
        let [low, high] = HighwayHasher::new(self.secret).hash128(&self.bytes.0);
        u128::from(high) << 64 | u128::from(low)
    }

    fn add(&mut self, table: Table, cells: &[Cell<&str>]) -> i64 {
        let id = self.next_id[table as usize];
        self.next_id[table as usize] += 1;
        self.new_bytes += self.bytes.0.len();
        match (table, cells) {
            (Table::CommandLine, [Cell::Text(text)]) => self.new_rows.command_lines.push(id, text),
            _ => {
                let cells = cells.iter().map(Cell::to_owned).collect();
                self.new_rows.entries.push(Entry { table, id, cells });
            }
        }
        id
    }
}

/// An id in hexadecimal in the one form in which it is compared.
pub fn folded(id: &str) -> Cow<'_, str> {
    match id.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(id.to_ascii_lowercase()),
        false => Cow::Borrowed(id),
    }
}

/// A row's number with its table.
fn tagged(table: Table, id: i64) -> i64 {
    (table as i64) << TABLE_SHIFT | id
}

/// Bytes to hash. Cells are written so that no two lists of cells give the same bytes; the form is kept in
/// cases, so that contents of one form are not known in another.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn push(&mut self, cell: &Cell<&str>) {
        match cell {
            Cell::Null => self.0.push(0),
            Cell::Integer(integer) => {
                self.0.push(1);
                self.0.extend(integer.to_le_bytes());
            }
            Cell::Text(text) => {
                self.0.push(2);
                self.0.extend((text.len() as u64).to_le_bytes());
                self.0.extend(text.as_bytes());
            }
        }
    }
}

impl Hasher for Bytes {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    // The same on every machine, since hashes of events are kept in cases.
    fn write_i64(&mut self, number: i64) {
        self.0.extend(number.to_le_bytes());
    }

    fn write_u64(&mut self, number: u64) {
        self.0.extend(number.to_le_bytes());
    }

    fn write_isize(&mut self, number: isize) {
        self.0.extend((number as i64).to_le_bytes());
    }

    fn write_usize(&mut self, number: usize) {
        self.0.extend((number as u64).to_le_bytes());
    }

    fn finish(&self) -> u64 {
        0 // never asked: the bytes are hashed whole, under the case's secret
    }
}
