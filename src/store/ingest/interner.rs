//! Gives each distinct content one number, in this import and across imports.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use highway::{HighwayHash, HighwayHasher, Key};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::store::query;

/// The tables whose rows are known by their content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    Device,
    Text,
    CommandLine,
    Image,
    Account,
    Logon,
    Workspace,
    InitiatingProcess,
}

impl Table {
    pub const ALL: [Self; 8] = [
        Self::Device,
        Self::Text,
        Self::CommandLine,
        Self::Image,
        Self::Account,
        Self::Logon,
        Self::Workspace,
        Self::InitiatingProcess,
    ];

    /// The statement that adds a row: its number, then its columns in order.
    pub const fn insert(self) -> &'static str {
        match self {
            Self::Device => query!("store/insert_device"),
            Self::Text => query!("store/insert_text"),
            Self::CommandLine => query!("store/insert_command_line"),
            Self::Image => query!("store/insert_image"),
            Self::Account => query!("store/insert_account"),
            Self::Logon => query!("store/insert_logon"),
            Self::Workspace => query!("store/insert_workspace"),
            Self::InitiatingProcess => query!("store/insert_initiating_process"),
        }
    }

    const fn id_column(self) -> &'static str {
        match self {
            Self::Device => "device_id",
            Self::Text => "text_id",
            Self::CommandLine => "command_line_id",
            Self::Image => "image_id",
            Self::Account => "account_id",
            Self::Logon => "logon_id",
            Self::Workspace => "workspace_id",
            Self::InitiatingProcess => "initiating_process_id",
        }
    }
}

/// One column's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<T> {
    Null,
    Integer(i64),
    Text(T),
}

impl<T> From<Option<i64>> for Cell<T> {
    fn from(value: Option<i64>) -> Self {
        value.map_or(Self::Null, Self::Integer)
    }
}

/// A row to add to a table.
#[derive(Debug)]
pub struct Entry {
    pub table: Table,
    pub id: i64,
    pub cells: Vec<Cell<String>>,
}

/// A hash map whose keys are hashes already.
type ByHash = HashMap<u128, i64, BuildHasherDefault<AlreadyHashed>>;

/// Gives each distinct content one number.
///
/// Contents are told apart by a 128-bit HighwayHash under a secret of the case, so that nobody who writes command
/// lines can aim two of them at one hash.
pub struct Interner {
    secret: Key,
    /// Where contents of earlier imports are looked up; None in a case that has none.
    earlier: Option<Connection>,
    /// By table, so that the small ones stay in the processor's cache.
    by_content: [ByHash; Table::ALL.len()],
    /// Numbers by the hash of an event's parts as they are, which saves taking them apart.
    by_part: ByHash,
    next_id: [i64; Table::ALL.len()],
    /// The hashes of rows that are new to the case.
    new_keys: Vec<(u128, i64)>,
    /// The rows that are new to the case and not handed out yet, and the bytes of their texts.
    new_entries: Vec<Entry>,
    entry_bytes: usize,
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
        Ok(Self {
            secret: Key(words),
            earlier,
            by_content: Default::default(),
            by_part: ByHash::default(),
            next_id,
            new_keys: Vec::new(),
            new_entries: Vec::new(),
            entry_bytes: 0,
            bytes: Bytes::default(),
        })
    }

    /// The number of the row of `table` with these columns.
    pub fn intern(&mut self, table: Table, cells: &[Cell<&str>]) -> rusqlite::Result<i64> {
        self.bytes.0.clear();
        self.bytes.0.push(table as u8);
        for cell in cells {
            self.bytes.push(cell);
        }
        let hash = self.hash();
        if let Some(id) = self.by_content[table as usize].get(&hash) {
            return Ok(*id);
        }
        let id = match self.find_earlier(hash)? {
            Some(id) => id,
            None => self.add(table, cells, hash),
        };
        self.by_content[table as usize].insert(hash, id);
        Ok(id)
    }

    /// The number of an event's part, by `make` when this import has not met it. `kind` keeps parts of different
    /// kinds apart.
    pub fn intern_part<P: Hash>(
        &mut self,
        kind: u8,
        part: &P,
        make: impl FnOnce(&mut Self) -> rusqlite::Result<i64>,
    ) -> rusqlite::Result<i64> {
        self.bytes.0.clear();
        self.bytes.0.push(kind);
        part.hash(&mut self.bytes);
        let hash = self.hash();
        if let Some(id) = self.by_part.get(&hash) {
            return Ok(*id);
        }
        let id = make(self)?;
        self.by_part.insert(hash, id);
        Ok(id)
    }

    /// A 64-bit hash of integers, under the case's secret.
    pub fn hash_integers(&mut self, integers: impl IntoIterator<Item = i64>) -> i64 {
        self.bytes.0.clear();
        for integer in integers {
            self.bytes.0.extend(integer.to_le_bytes());
        }
        HighwayHasher::new(self.secret).hash64(&self.bytes.0) as i64
    }

    /// The bytes of the texts that [`Self::take_entries`] would give.
    pub fn entry_bytes(&self) -> usize {
        self.entry_bytes
    }

    /// The rows that are new since the last call.
    pub fn take_entries(&mut self) -> Vec<Entry> {
        self.entry_bytes = 0;
        std::mem::take(&mut self.new_entries)
    }

    /// The hashes of new rows with their numbers, in the order of the hashes: none while there are fewer than
    /// `least`, else all since the last call.
    pub fn take_keys(&mut self, least: usize) -> Vec<(u128, i64)> {
        if self.new_keys.len() < least {
            return Vec::new();
        }
        let mut keys = std::mem::take(&mut self.new_keys);
        keys.sort_unstable();
        keys
    }

    fn hash(&self) -> u128 {
        let [low, high] = HighwayHasher::new(self.secret).hash128(&self.bytes.0);
        u128::from(high) << 64 | u128::from(low)
    }

    fn find_earlier(&self, hash: u128) -> rusqlite::Result<Option<i64>> {
        let Some(earlier) = &self.earlier else { return Ok(None) };
        let mut statement = earlier.prepare_cached(query!("store/get_content_id"))?;
        statement.query_row([hash.to_be_bytes()], |row| row.get("content_id")).optional()
    }

    fn add(&mut self, table: Table, cells: &[Cell<&str>], hash: u128) -> i64 {
        let id = self.next_id[table as usize];
        self.next_id[table as usize] += 1;
        let cells = cells.iter().map(Cell::to_owned).collect();
        self.new_entries.push(Entry { table, id, cells });
        self.entry_bytes += self.bytes.0.len();
        self.new_keys.push((hash, id));
        id
    }
}

impl Cell<&str> {
    fn to_owned(&self) -> Cell<String> {
        match self {
            Self::Null => Cell::Null,
            Self::Integer(integer) => Cell::Integer(*integer),
            Self::Text(text) => Cell::Text((*text).to_owned()),
        }
    }
}

/// Bytes to hash. Cells are written so that no two lists of cells give the same bytes; the form is kept in
/// cases, so it must not change.
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

    fn finish(&self) -> u64 {
        0 // never asked: the bytes are hashed whole, under the case's secret
    }
}

/// The hasher of keys that are hashes, or small numbers that nobody outside chooses.
#[derive(Default)]
pub struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, hash: u128) {
        self.0 = hash as u64;
    }

    fn write_i64(&mut self, number: i64) {
        // Fibonacci hashing: the map looks at the highest bits too.
        self.0 = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
