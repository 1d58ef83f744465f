//! One row's JSON text -> texts by column.
//!
//! Nothing is built in between: `serde_json` hands over each key and value, and what is remembered of a value is
//! where its text stands, in the row itself or, where it had to be written anew, in a buffer used for every row.

mod visit;

use serde::de::Deserializer;

use self::visit::ObjectVisitor;
use super::names::{Name, Names};
use super::shape::Shape;
use super::text::mend_surrogates;
use crate::event::{Column, ColumnSet};
use crate::source::extra::{drop_own, write_extra};
use crate::source::headings::{Published, Spelling, Zone};
use crate::source::tables::{Owner, owner_by_name};

/// What an envelope's `category` says of our table.
pub const OUR_CATEGORY: &str = "AdvancedHunting-DeviceProcessEvents";

/// What `az monitor log-analytics query` calls the table of each row, and what it writes for a missing value.
const PRIMARY_RESULT: &str = "PrimaryResult";
const NONE: &str = "None";

/// After so many rows that had no known shape, only every [`RARELY`]th teaches one: in some streams no two are alike.
const PATIENCE: u64 = 16;
const RARELY: u64 = 64;

/// What a row turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parsed {
    /// A row of ours, to be asked for with [`RowParser::text_in`].
    Row,
    /// A row of another table.
    OtherTable,
}

/// Why there is no row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The object is a message that holds rows.
    Message,
    /// There is something, at byte `at`, behind the object.
    Trailing { at: usize, reason: String },
    /// It cannot be read.
    Unreadable(String),
}

/// What a row's `category`, if it has one, says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Category {
    /// Nothing: there is none, or it is no table's name.
    None,
    /// Our table.
    Ours,
    /// Another table, of this name.
    Other(String),
}

impl Category {
    fn read(text: &str) -> Self {
        match owner_by_name(text) {
            None => Self::None,
            Some(Owner::Ours) => Self::Ours,
            Some(Owner::Other(table)) => Self::Other(table.to_owned()),
        }
    }
}

/// Where a text stands.
#[derive(Debug, Clone, Copy, Default)]
pub enum Place {
    /// There is none.
    #[default]
    Nowhere,
    /// From here to there in the row.
    Row(usize, usize),
    /// From here to there in the parser's buffer.
    Buffer(usize, usize),
}

impl Place {
    fn is_empty(self) -> bool {
        match self {
            Self::Nowhere => true,
            Self::Row(start, end) | Self::Buffer(start, end) => start == end,
        }
    }
}

/// By which key a column holds its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    /// None came.
    Nothing,
    /// One that is so near to its name.
    By(Spelling),
    /// Several that are equally near came: none of them counts.
    InDoubt(Spelling),
}

/// Where the texts of an object stand.
#[derive(Debug)]
struct Texts {
    columns: [Place; Column::COUNT],
    others: Vec<(Place, Place)>,
    /// How near the key of each column's value is to its name.
    held: [Held; Column::COUNT],
    /// These keys, where they are not the published name: they give way to one that is nearer.
    keys: [Place; Column::COUNT],
    /// Whether anything is held so: what is read by a shape is not.
    is_any_held: bool,
    /// The columns whose keys say that their times are local, and those in UTC.
    local_times: ColumnSet,
    utc_times: ColumnSet,
    /// Columns met again, with what they held before and what they hold now.
    repeated: Vec<(Column, Place, Place)>,
}

impl Texts {
    fn new() -> Self {
        Self {
            columns: [Place::Nowhere; Column::COUNT],
            others: Vec::new(),
            held: [Held::Nothing; Column::COUNT],
            keys: [Place::Nowhere; Column::COUNT],
            is_any_held: false,
            local_times: ColumnSet::NONE,
            utc_times: ColumnSet::NONE,
            repeated: Vec::new(),
        }
    }

    /// Whether a row's own time or device is here.
    fn has_row(&self) -> bool {
        let own = [Column::Timestamp, Column::DeviceId, Column::DeviceName];
        own.iter().any(|column| !matches!(self.columns[*column as usize], Place::Nowhere))
    }

    fn clear(&mut self) {
        self.columns.fill(Place::Nowhere);
        self.others.clear();
        // The keys are looked at only where something is held.
        if std::mem::take(&mut self.is_any_held) {
            self.held.fill(Held::Nothing);
        }
        (self.local_times, self.utc_times) = (ColumnSet::NONE, ColumnSet::NONE);
        self.repeated.clear();
    }
}

/// Reads rows, one after the other.
#[derive(Debug)]
pub struct RowParser {
    names: Names,
    /// The shape that a row had lately.
    shape: Option<Shape>,
    /// How many rows came since one had it.
    misses: u64,
    /// A bare row, or what an envelope has besides its row.
    outer: Texts,
    /// An envelope's row.
    inner: Texts,
    is_envelope: bool,
    /// Whether a key `properties` is a column like others, since time or device stand beside it.
    is_bare: bool,
    category: Category,
    /// The table that another of the row's columns names.
    table: String,
    /// The row's address: texts that serde borrows from the row are known by theirs.
    base: usize,
    buffer: String,
    /// The text that was read for the row, where it is not the row's own: with its lone surrogates replaced, or an object
    /// made of an array.
    mended: Option<String>,
    /// Whether every value is a text, and whether `TableName` is what the az command line writes.
    are_texts: bool,
    is_primary: bool,
    /// Whether a value of any row was its `None`.
    has_none: bool,
    extra: String,
    /// Whether objects may be messages, and whether this one is.
    messages: bool,
    is_message: bool,
}

impl RowParser {
    /// A parser that has seen no row.
    pub fn new() -> Self {
        Self {
            names: Names::default(),
            shape: None,
            misses: 0,
            outer: Texts::new(),
            inner: Texts::new(),
            is_envelope: false,
            is_bare: false,
            category: Category::None,
            table: String::new(),
            base: 0,
            buffer: String::new(),
            mended: None,
            are_texts: true,
            is_primary: false,
            has_none: false,
            extra: String::new(),
            messages: false,
            is_message: false,
        }
    }

    /// Reads `row`, one object. `messages`: say so when it is not a row but a message that holds rows.
    pub fn parse(&mut self, row: &[u8], messages: bool) -> Result<Parsed, Failure> {
        self.mended = None;
        let text = simdutf8::compat::from_utf8(row).map_err(|error| {
            Failure::Unreadable(format!("not UTF-8 at byte {} of the row", error.valid_up_to() + 1))
        })?;
        if self.read_by_shape(text) {
            self.misses = 0;
            return self.finish(text);
        }
        let parsed = self.parse_text(text, messages)?;
        if parsed == Parsed::Row {
            self.learn_shape(text);
        }
        Ok(parsed)
    }

    /// Reads `text`, an object, for a row that is an array.
    pub fn parse_instead(&mut self, text: String) -> Result<Parsed, Failure> {
        let parsed = self.parse(text.as_bytes(), false);
        self.mended.get_or_insert(text);
        parsed
    }

    /// An empty text for [`Self::parse_instead`], of the room that the last one had.
    pub fn take_text(&mut self) -> String {
        let mut text = self.mended.take().unwrap_or_default();
        text.clear();
        text
    }

    /// Whether `None` was read as a missing value, as the az command line writes one.
    pub fn has_none(&self) -> bool {
        self.has_none
    }

    /// Reads a row of the shape that is known.
    fn read_by_shape(&mut self, text: &str) -> bool {
        self.clear();
        let Some(shape) = &self.shape else { return false };
        self.is_envelope = shape.is_envelope;
        if shape.is_named {
            self.category = Category::Ours;
        }
        let texts = if shape.is_envelope { &mut self.inner } else { &mut self.outer };
        shape.read(text, &mut texts.columns, &mut self.buffer).is_some()
    }

    fn learn_shape(&mut self, text: &str) {
        self.misses += 1;
        if self.misses <= PATIENCE || self.misses.is_multiple_of(RARELY) {
            self.shape = Shape::learn(text, &mut self.names).or(self.shape.take());
        }
    }

    fn parse_text(&mut self, text: &str, messages: bool) -> Result<Parsed, Failure> {
        self.messages = messages;
        match self.read(text) {
            Err(Failure::Unreadable(reason)) if reason.contains("hex escape") => {
                let mut mended = String::new();
                if !mend_surrogates(text, &mut mended) {
                    return Err(Failure::Unreadable(reason));
                }
                self.read(&mended)?;
                self.mended = Some(mended);
            }
            result => result?,
        }
        self.finish(text)
    }

    /// The text in `column` of the row just parsed, with which `window` begins.
    pub fn text_in<'a>(&'a self, column: Column, window: &'a [u8]) -> &'a str {
        // The row is UTF-8, and texts begin and end with their quotes.
        simdutf8::basic::from_utf8(self.bytes_in(column, window)).unwrap_or_default()
    }

    /// The bytes of [`Self::text_in`].
    pub fn bytes_in<'a>(&'a self, column: Column, window: &'a [u8]) -> &'a [u8] {
        let row = self.mended.as_deref().map_or(window, str::as_bytes);
        let bytes = match self.texts().columns[column as usize] {
            Place::Nowhere => None,
            Place::Row(start, end) => row.get(start..end),
            Place::Buffer(start, end) => self.buffer.as_bytes().get(start..end),
        };
        bytes.unwrap_or_default()
    }

    /// The other columns of the row just parsed, as [`write_extra`] writes them.
    pub fn extra(&self) -> &str {
        &self.extra
    }

    /// The columns of the row just parsed whose keys say that their times are local, and those in UTC.
    pub fn zones(&self) -> (ColumnSet, ColumnSet) {
        (self.texts().local_times, self.texts().utc_times)
    }

    /// What names the table of the row just parsed, besides the column `Type`.
    pub fn table(&self) -> &str {
        match &self.category {
            Category::Ours => OUR_CATEGORY,
            Category::Other(table) => table,
            Category::None => &self.table,
        }
    }

    /// The keys met so far.
    pub fn names(&self) -> &Names {
        &self.names
    }

    fn read(&mut self, text: &str) -> Result<(), Failure> {
        self.is_bare = false;
        self.read_keys(text)?;
        // The keys may come in any order, so that only now it is known.
        self.is_bare = self.is_envelope && self.category != Category::Ours && self.outer.has_row();
        if self.is_bare { self.read_keys(text) } else { Ok(()) }
    }

    fn clear(&mut self) {
        self.outer.clear();
        self.inner.clear();
        self.buffer.clear();
        (self.is_envelope, self.is_message) = (false, false);
        self.category = Category::None;
        self.table.clear();
        (self.are_texts, self.is_primary) = (true, false);
    }

    fn read_keys(&mut self, text: &str) -> Result<(), Failure> {
        self.clear();
        self.base = text.as_ptr().addr();
        let mut deserializer = serde_json::Deserializer::from_str(text);
        match deserializer.deserialize_map(ObjectVisitor { parser: self, is_inner: false }) {
            Err(_) if self.is_message => return Err(Failure::Message),
            Err(error) => return Err(Failure::Unreadable(reason_of(&error))),
            Ok(()) => {}
        }
        deserializer
            .end()
            .map_err(|error| Failure::Trailing { at: index_of(&error, text), reason: reason_of(&error) })
    }

    /// Takes away what the az command line writes: `None` for what is missing, and a name that is no table's. Its values are
    /// all texts, so that nothing tells a real `None` from a missing value.
    fn drop_none(&mut self, row: &str) {
        let is_none = |place: &Place| self.text(*place, row) == NONE;
        let columns = self.outer.columns.map(|place| if is_none(&place) { Place::Nowhere } else { place });
        self.has_none |= self.outer.columns.iter().any(is_none);
        let is_kept = |(_, value): &(Place, Place)| ![NONE, PRIMARY_RESULT].contains(&self.text(*value, row));
        let others = self.outer.others.iter().copied().filter(is_kept).collect();
        (self.outer.columns, self.outer.others) = (columns, others);
    }

    fn finish(&mut self, row: &str) -> Result<Parsed, Failure> {
        let mended = self.mended.take();
        let row = mended.as_deref().unwrap_or(row);
        if self.is_primary && self.are_texts && !self.is_envelope {
            self.drop_none(row);
        }
        let parsed = self.check(row);
        self.mended = mended;
        parsed
    }

    fn check(&mut self, row: &str) -> Result<Parsed, Failure> {
        if let Category::Other(_) = self.category {
            return Ok(Parsed::OtherTable);
        }
        let differs = |(_, old, new): &&(_, Place, Place)| self.text(*old, row) != self.text(*new, row);
        if let Some((column, ..)) = self.texts().repeated.iter().find(differs) {
            let reason = format!("{} appears twice with different values", column.name());
            return Err(Failure::Unreadable(reason));
        }
        let others = &self.texts().others;
        let own = |place: &Place| self.text(*place, row).to_owned();
        let mut pairs: Vec<_> = others.iter().map(|(key, value)| (own(key), own(value))).collect();
        drop_own(&mut pairs);
        self.extra = write_extra(&mut pairs);
        Ok(Parsed::Row)
    }

    fn texts(&self) -> &Texts {
        if self.is_envelope { &self.inner } else { &self.outer }
    }

    fn text<'a>(&'a self, place: Place, row: &'a str) -> &'a str {
        let text = match place {
            Place::Nowhere => None,
            Place::Row(start, end) => row.get(start..end),
            Place::Buffer(start, end) => self.buffer.get(start..end),
        };
        text.unwrap_or("")
    }

    fn buffer_from(&self, start: usize) -> Place {
        Place::Buffer(start, self.buffer.len())
    }

    fn push(&mut self, text: &str) -> Place {
        let start = self.buffer.len();
        self.buffer.push_str(text);
        self.buffer_from(start)
    }

    fn keep(&mut self, is_inner: bool, name: Name, key: Place, value: Place) {
        let texts = if is_inner { &mut self.inner } else { &mut self.outer };
        match name {
            Name::Column(published) => texts.keep(published, key, value),
            _ => texts.others.push((key, value)),
        }
    }
}

impl Texts {
    /// Keeps a column's value. Of several keys of one column the nearest to its name counts, and the others become columns
    /// of their own, as headings do in CSV.
    fn keep(&mut self, published: Published, key: Place, value: Place) {
        let Published { column, spelling, .. } = published;
        let index = column as usize;
        self.is_any_held = true;
        match self.held[index] {
            Held::By(nearer) | Held::InDoubt(nearer) if nearer < spelling => {
                return self.others.push((key, value));
            }
            Held::InDoubt(same) if same == spelling => return self.others.push((key, value)),
            // Nobody knows which of two names is meant that are equally far from the published one.
            Held::By(same) if same == spelling && spelling > Spelling::Typed => {
                self.give_up(column);
                self.held[index] = Held::InDoubt(spelling);
                return self.others.push((key, value));
            }
            Held::By(farther) if farther > spelling => self.give_up(column),
            Held::Nothing | Held::By(_) | Held::InDoubt(_) => {}
        }
        (self.held[index], self.keys[index]) = (Held::By(spelling), key);
        self.keep_value(published, value);
    }

    /// Makes what a column holds a column of its own.
    fn give_up(&mut self, column: Column) {
        let value = std::mem::take(&mut self.columns[column as usize]);
        self.others.push((self.keys[column as usize], value));
    }

    fn keep_value(&mut self, published: Published, value: Place) {
        let Published { column, zone, .. } = published;
        let held = &mut self.columns[column as usize];
        if value.is_empty() && !matches!(held, Place::Nowhere) {
            return;
        }
        let (is_local, was_local) = (zone == Zone::Local, self.local_times.has(column));
        match held.is_empty() {
            true => {}
            // The same time twice: the one in UTC is certain.
            false if is_local && !was_local => return,
            false if was_local && !is_local => {}
            false => self.repeated.push((column, *held, value)),
        }
        *held = value;
        let set = |of: ColumnSet, is: bool| if is { of.with(column) } else { of.without(column) };
        self.local_times = set(self.local_times, is_local);
        self.utc_times = set(self.utc_times, zone == Zone::Utc);
    }
}

/// serde's reason with the place inside the row.
fn reason_of(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match text.strip_suffix(&place) {
        Some(reason) if error.line() == 1 => format!("{reason} at column {}", error.column()),
        Some(reason) => format!("{reason} at column {} of its line {}", error.column(), error.line()),
        None => text,
    }
}

/// The byte an error points at.
fn index_of(error: &serde_json::Error, text: &str) -> usize {
    let before = memchr::memchr_iter(b'\n', text.as_bytes()).take(error.line().saturating_sub(1)).last();
    before.map_or(0, |at| at + 1) + error.column().saturating_sub(1)
}
