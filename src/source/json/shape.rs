//! The shape of a stream's rows: the same keys in the same order, so that only their values have to be read.
//!
//! A shape is learned from a row that `serde_json` has read. It knows the bytes between the values, white space and
//! keys included, and which column each value fills. A later row is compared with these bytes, and only its values are
//! looked at: texts, plain whole numbers, true, false and null.
//!
//! What must hold: a row that is read by a shape gives what `serde_json` would give. So a shape takes only what it
//! understands wholly. A row with other bytes between its values, or with a value of another kind, is not read by it;
//! and no shape is learned from a row whose keys do more than to name a published column or to be ignored.

use memchr::memchr2;

use super::names::{Name, Names};
use super::row::{OUR_CATEGORY, Place};
use super::text::unit;
use crate::event::{Column, ColumnSet};
use crate::source::headings::{Published, Spelling, Zone};

/// The longest whole number that is surely one of 64 bits.
const MOST_DIGITS: usize = 18;
/// The most values of a row that has a shape: twice what is published, and some more.
const MOST_SLOTS: usize = 256;

/// What the rows of a stream have in common.
#[derive(Debug, Default)]
pub struct Shape {
    /// Whether the columns stand in the row of an envelope.
    pub is_envelope: bool,
    /// Whether a `category` names our table.
    pub is_named: bool,
    /// What stands before, between and behind the values, joined.
    literals: String,
    /// The values, in the order of the row.
    slots: Vec<Slot>,
    /// How many control characters the literals have.
    controls: usize,
}

/// A value's place in a shape.
#[derive(Debug)]
struct Slot {
    /// The length of the literal before it.
    before: usize,
    /// The column that it fills; None where it is ignored.
    column: Option<Column>,
}

impl Shape {
    /// The shape of `row`, which `serde_json` has read as a row. None where a shape could not stand for it.
    pub fn learn(row: &str, names: &mut Names) -> Option<Self> {
        let mut pupil = Pupil {
            row,
            at: 0,
            learned: 0,
            names,
            fills_outside: false,
            ignores_outside: false,
            filled: ColumnSet::NONE,
        };
        let mut shape = Self::default();
        pupil.skip_blanks();
        pupil.learn_object(&mut shape, false)?;
        shape.literals.push_str(&row[pupil.learned..]);
        shape.controls = count_controls(shape.literals.as_bytes());
        // Columns beside an envelope's row may turn it into a column, and other columns of a bare row are kept.
        let does_more = if shape.is_envelope { pupil.fills_outside } else { pupil.ignores_outside };
        (!does_more).then_some(shape)
    }

    /// Reads `row`: says where the columns' texts stand, in the row or, without their escapes, in `buffer`. None where
    /// the row is not of this shape; then what was written is worth nothing.
    pub fn read(&self, row: &str, columns: &mut [Place; Column::COUNT], buffer: &mut String) -> Option<()> {
        let (mut literals, mut at) = (self.literals.as_bytes(), 0);
        for slot in &self.slots {
            let (before, behind) = literals.split_at(slot.before);
            if !row.as_bytes()[at..].starts_with(before) {
                return None;
            }
            let place;
            (place, at) = read_value(row, at + before.len(), buffer)?;
            if let Some(column) = slot.column {
                columns[column as usize] = place;
            }
            literals = behind;
        }
        // Texts have no control characters, so that the row has no more than its literals.
        let row = row.as_bytes();
        (&row[at..] == literals && count_controls(row) == self.controls).then_some(())
    }
}

/// A row from which a shape is learned.
struct Pupil<'a> {
    row: &'a str,
    at: usize,
    /// Up to where the shape has it.
    learned: usize,
    names: &'a mut Names,
    /// Whether a published column stands outside of `properties`.
    fills_outside: bool,
    /// Whether something stands there that only an envelope may have.
    ignores_outside: bool,
    /// The columns filled so far.
    filled: ColumnSet,
}

impl Pupil<'_> {
    fn learn_object(&mut self, shape: &mut Shape, is_inner: bool) -> Option<()> {
        self.pass("{")?;
        loop {
            let name = self.read_key()?;
            self.pass(":")?;
            match (name, is_inner) {
                (Name::Properties | Name::Additional, false) if !shape.is_envelope => {
                    shape.is_envelope = true;
                    self.learn_object(shape, true)?;
                }
                (Name::Category, false) => {
                    self.ignores_outside = true;
                    self.pass("\"")?;
                    self.pass(OUR_CATEGORY)?;
                    self.pass("\"")?;
                    shape.is_named = true;
                }
                (Name::Column(Published { column, zone: Zone::Unsaid, spelling }), _)
                    if spelling <= Spelling::Typed =>
                {
                    self.fills_outside |= !is_inner;
                    self.learn_value(shape, Some(column))?;
                }
                // In an envelope `tenantId` stands beside the row, and is no column of it.
                (Name::Column(Published { column, .. }), false) if !tells_a_row(column) => {
                    self.ignores_outside = true;
                    self.learn_value(shape, None)?;
                }
                (Name::Nameless, _) => self.learn_value(shape, None)?,
                (Name::Other | Name::Rows | Name::Wrapper, false) => {
                    self.ignores_outside = true;
                    self.learn_value(shape, None)?;
                }
                _ => return None,
            }
            if self.pass(",").is_none() {
                return self.pass("}");
            }
        }
    }

    fn learn_value(&mut self, shape: &mut Shape, column: Option<Column>) -> Option<()> {
        let (_, end) = read_value(self.row, self.at, &mut String::new())?;
        // The columns filled are looked up in a set, not among the slots: whoever writes an export chooses how many keys
        // its rows have.
        if column.is_some_and(|column| self.filled.has(column)) || shape.slots.len() == MOST_SLOTS {
            return None;
        }
        self.filled = column.map_or(self.filled, |column| self.filled.with(column));
        let before = &self.row[self.learned..self.at];
        shape.literals.push_str(before);
        shape.slots.push(Slot { before: before.len(), column });
        (self.at, self.learned) = (end, end);
        self.skip_blanks();
        Some(())
    }

    /// What the key here stands for. None for one with escapes.
    fn read_key(&mut self) -> Option<Name> {
        let start = self.at + 1;
        let (place, end) = read_value(self.row, self.at, &mut String::new())?;
        let Place::Row(_, _) = place else { return None };
        self.at = end;
        self.skip_blanks();
        Some(self.names.look_up(&self.row[start..end - 1]))
    }

    /// Passes `token`, which has to stand here, and the white space behind it.
    fn pass(&mut self, token: &str) -> Option<()> {
        let rest = self.row[self.at..].strip_prefix(token)?;
        self.at = self.row.len() - rest.len();
        self.skip_blanks();
        Some(())
    }

    fn skip_blanks(&mut self) {
        let rest = self.row[self.at..].trim_start_matches([' ', '\t', '\r', '\n']);
        self.at = self.row.len() - rest.len();
    }
}

/// Whether a column, beside what may be an envelope's row, tells that it is none.
fn tells_a_row(column: Column) -> bool {
    matches!(column, Column::Timestamp | Column::DeviceId | Column::DeviceName)
}

/// Reads the value at `at`: where its text stands, and where it ends. None for one that is left to `serde_json`.
fn read_value(row: &str, at: usize, buffer: &mut String) -> Option<(Place, usize)> {
    let rest = &row.as_bytes()[at..];
    let length = match rest.first()? {
        b'"' => {
            let start = at + 1;
            let mark = find_mark(row, start)?;
            if row.as_bytes()[mark] == b'\\' {
                return unescape(row, start, mark, buffer);
            }
            return Some((Place::Row(start, mark), mark + 1));
        }
        b'n' if rest.starts_with(b"null") => return Some((Place::Nowhere, at + 4)),
        b't' if rest.starts_with(b"true") => 4,
        b'f' if rest.starts_with(b"false") => 5,
        _ => length_of_number(rest)?,
    };
    Some((Place::Row(at, at + length), at + length))
}

/// Where the next quote or backslash stands.
fn find_mark(row: &str, from: usize) -> Option<usize> {
    memchr2(b'"', b'\\', &row.as_bytes()[from..]).map(|at| from + at)
}

/// Reads the string that begins at `start` and whose first escape stands at `mark`.
fn unescape(row: &str, start: usize, mut mark: usize, buffer: &mut String) -> Option<(Place, usize)> {
    let (buffer_start, mut copied) = (buffer.len(), start);
    loop {
        buffer.push_str(&row[copied..mark]);
        if row.as_bytes()[mark] == b'"' {
            return Some((Place::Buffer(buffer_start, buffer.len()), mark + 1));
        }
        let (character, length) = read_escape(&row[mark..])?;
        buffer.push(character);
        copied = mark + length;
        mark = find_mark(row, copied)?;
    }
}

/// The character for which the escape at the start stands, and the escape's length. None for half of a pair.
fn read_escape(escape: &str) -> Option<(char, usize)> {
    let character = match escape.as_bytes().get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        _ => return Some((char::from_u32(unit(escape)?.into())?, 6)),
    };
    Some((character, 2))
}

/// The length of the whole number at the start, if `serde_json` would write it as it stands.
fn length_of_number(text: &[u8]) -> Option<usize> {
    let sign = usize::from(text.first() == Some(&b'-'));
    let digits = text[sign..].iter().take_while(|byte| byte.is_ascii_digit()).take(MOST_DIGITS + 1).count();
    let is_plain = match text.get(sign) {
        Some(b'0') => sign == 0 && digits == 1,
        _ => (1..=MOST_DIGITS).contains(&digits),
    };
    is_plain.then_some(sign + digits)
}

/// How many control characters there are. The blocks are short enough for a byte to count in.
fn count_controls(text: &[u8]) -> usize {
    let count = |block: &[u8]| block.iter().map(|byte| u8::from(*byte < b' ')).sum::<u8>();
    text.chunks(128).map(|block| usize::from(count(block))).sum()
}

#[cfg(test)]
mod tests;
