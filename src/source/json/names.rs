//! What the keys of rows and envelopes stand for, remembered from row to row.

use std::collections::HashMap;

use super::scan::{ROW_KEYS, is_rows_key, is_wrapper_key};
use crate::event::{Column, ColumnSet};
use crate::source::headings::{Heading, Published, Spelling, TABLE_NAMES, Zone, read_heading};

/// Keys remembered; whoever writes an export chooses its keys, so that there has to be an end.
const MOST_KEYS: usize = 4096;
const LONGEST_KEY: usize = 256;

/// What a key stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// A published column.
    Column(Published),
    /// Another column.
    Other,
    /// Another column, which may name the row's table.
    Table,
    /// Left out.
    Nameless,
    /// In an envelope the row.
    Properties,
    /// In an envelope of the Graph SDK the row; in its message other things.
    Additional,
    /// In an envelope the table.
    Category,
    /// In a message the array of rows.
    Rows,
    /// In a message without rows what it says of them.
    Wrapper,
}

/// A key met before.
#[derive(Debug)]
struct Known {
    key: String,
    name: Name,
    /// The name under which another column is kept.
    kept_as: String,
    /// The key that last came after this one: most rows have the order of the one before.
    next: usize,
}

/// The keys met so far.
#[derive(Debug, Default)]
pub struct Names {
    known: Vec<Known>,
    by_key: HashMap<String, usize>,
    last: usize,
    /// The last key that was not to be remembered.
    unknown: Option<Known>,
    /// The published columns met.
    columns: ColumnSet,
}

impl Names {
    /// Reads `key`.
    pub fn look_up(&mut self, key: &str) -> Name {
        self.unknown = None;
        let guess = self.known.get(self.last).map_or(0, |last| last.next);
        if self.known.get(guess).is_some_and(|known| known.key == key) {
            self.last = guess;
            return self.known[guess].name;
        }
        if let Some(&found) = self.by_key.get(key) {
            self.follow(found);
            return self.known[found].name;
        }
        self.learn(key)
    }

    /// The name under which the column just looked up is kept, if it is not a published one.
    pub fn kept_as(&self) -> &str {
        self.unknown.as_ref().or(self.known.get(self.last)).map_or("", |known| &known.kept_as)
    }

    /// The published columns met so far.
    pub fn columns(&self) -> ColumnSet {
        self.columns
    }

    /// Keys met so far that are not the published names, with the columns that they stand for.
    pub fn read_otherwise(&self) -> impl Iterator<Item = (&str, Column)> {
        self.known.iter().filter_map(|known| match known.name {
            Name::Column(Published { column, spelling, .. })
                if spelling > Spelling::Typed && !self.by_key.contains_key(column.name()) =>
            {
                Some((known.key.as_str(), column))
            }
            _ => None,
        })
    }

    /// The names of other columns met so far. `is_wrapped`: what may stand around rows does so.
    pub fn others(&self, is_wrapped: bool) -> impl Iterator<Item = &str> {
        let is_other = move |known: &&Known| match known.name {
            Name::Other | Name::Table => true,
            Name::Rows | Name::Wrapper => !is_wrapped,
            _ => false,
        };
        self.known.iter().filter(is_other).map(|known| known.kept_as.as_str())
    }

    fn learn(&mut self, key: &str) -> Name {
        let known = read_key(key);
        let name = known.name;
        if let Name::Column(Published { column, .. }) = name {
            self.columns = self.columns.with(column);
        }
        if self.known.len() < MOST_KEYS && key.len() <= LONGEST_KEY {
            self.known.push(known);
            self.by_key.insert(key.to_owned(), self.known.len() - 1);
            self.follow(self.known.len() - 1);
        } else {
            self.unknown = Some(known);
        }
        name
    }

    fn follow(&mut self, next: usize) {
        self.known[self.last].next = next;
        self.last = next;
    }
}

/// Whether only a row or its envelope has such a key.
pub fn is_row_key(name: Name) -> bool {
    match name {
        Name::Column(Published { column, zone, .. }) => {
            zone != Zone::Local && ROW_KEYS.contains(&column.name())
        }
        Name::Properties | Name::Category => true,
        _ => false,
    }
}

fn read_key(key: &str) -> Known {
    let (name, kept_as) = match (key, read_heading(key)) {
        ("properties", _) => (Name::Properties, key.to_owned()),
        ("category", _) => (Name::Category, key.to_owned()),
        ("AdditionalProperties", _) => (Name::Additional, key.to_owned()),
        (_, Heading::Other(_)) if is_rows_key(key.as_bytes()) => (Name::Rows, key.to_owned()),
        (_, Heading::Other(_)) if is_wrapper_key(key.as_bytes()) => (Name::Wrapper, key.to_owned()),
        // One that is not the published name may have to give way to it, and is another column then.
        (_, Heading::Published(published)) => (Name::Column(published), key.to_owned()),
        (_, Heading::Other(kept_as))
            if TABLE_NAMES.iter().any(|name| name.eq_ignore_ascii_case(&kept_as)) =>
        {
            (Name::Table, kept_as)
        }
        (_, Heading::Other(kept_as)) => (Name::Other, kept_as),
        (_, Heading::Nameless) => (Name::Nameless, String::new()),
    };
    Known { key: key.to_owned(), name, kept_as, next: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_again_in_any_order() {
        let mut names = Names::default();
        for _ in 0..3 {
            for key in ["FileName", " x ", "Timestamp [Local Time]", "", "properties", "SHA1", "FileName"] {
                let name = names.look_up(key);
                assert_eq!(name, read_key(key).name, "{key}");
                if matches!(name, Name::Other | Name::Properties) {
                    assert_eq!(names.kept_as(), key.trim());
                }
            }
        }
        assert_eq!(names.known.len(), 6);
    }

    #[test]
    fn no_more_than_so_many_keys_are_remembered() {
        let mut names = Names::default();
        for i in 0..2 * MOST_KEYS {
            assert_eq!(names.look_up(&format!("key{i}")), Name::Other);
            assert_eq!(names.kept_as(), format!("key{i}"));
        }
        assert_eq!(names.look_up(&"x".repeat(LONGEST_KEY + 1)), Name::Other);
        assert_eq!(names.known.len(), MOST_KEYS);
        assert!(
            matches!(names.look_up("FileName"), Name::Column(published) if published.column == Column::FileName)
        );
    }
}
