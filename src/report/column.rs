//! What a column is called, in data and in tables.

use std::borrow::Cow;
use std::collections::HashSet;

/// A column: its name in data and its heading in tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name in CSV, JSON and JSONL: camelCase for our own columns, whatever a query says for a
    /// user's.
    pub name: Cow<'static, str>,
    /// The heading in tables; `None` keeps the column out of tables.
    pub title: Option<Cow<'static, str>>,
    /// When tables show the column.
    pub when: When,
    /// Whether a table that has no room for all its columns side by side leaves this one out.
    pub is_spare: bool,
}

/// When a table shows a column, decided by its first chunk of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// In every table.
    #[default]
    Always,
    /// When some cell is neither empty nor 0.
    Filled,
    /// When its cells differ.
    Varying,
    /// When two rows have the same cell in the column of this name, which is shown itself.
    Repeated(&'static str),
}

impl Column {
    /// Makes a column that stands in data and in tables.
    pub fn new(name: impl Into<Cow<'static, str>>, title: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), title: Some(title.into()), when: When::Always, is_spare: false }
    }

    /// Gives the column, shown in tables only at times.
    pub fn when(self, when: When) -> Self {
        Self { when, ..self }
    }

    /// Gives the column, left out of tables that have no room for all columns side by side.
    pub fn spare(self) -> Self {
        Self { is_spare: true, ..self }
    }

    /// Makes a column that stands in data only.
    pub fn data_only(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), title: None, when: When::Always, is_spare: false }
    }

    /// Makes a column whose heading is its name, as for the columns of a user's own query.
    pub fn named(name: impl Into<Cow<'static, str>>) -> Self {
        let name = name.into();
        Self { title: Some(name.clone()), name, when: When::Always, is_spare: false }
    }
}

/// Gives each column a name of its own, for use as a key.
///
/// The first column of a name keeps it; the others get `_2`, `_3` and so on, past every name that
/// some column has already.
pub(super) fn unique_names(columns: &[Column]) -> Vec<String> {
    let mut taken: HashSet<String> = columns.iter().map(|c| c.name.to_string()).collect();
    let mut seen = HashSet::new();
    columns
        .iter()
        .map(|column| {
            if seen.insert(&column.name) {
                return column.name.to_string();
            }
            let free = (2_u64..)
                .map(|n| format!("{}_{n}", column.name))
                .find(|name| !taken.contains(name))
                .expect("there are more numbers than columns");
            taken.insert(free.clone());
            free
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_unique_and_the_first_keeps_its_own() {
        let cases: &[(&[&str], &[&str])] = &[
            (&[], &[]),
            (&["a", "b"], &["a", "b"]),
            (&["a", "a", "a"], &["a", "a_2", "a_3"]),
            (&["a", "a", "a_2"], &["a", "a_3", "a_2"]),
            (&["a_2", "a", "a", "a_2"], &["a_2", "a", "a_3", "a_2_2"]),
            (&["", ""], &["", "_2"]),
            (&["a", "A"], &["a", "A"]),
        ];
        for (given, expected) in cases {
            let columns: Vec<Column> = given.iter().map(|n| Column::named(*n)).collect();
            assert_eq!(unique_names(&columns), *expected, "{given:?}");
        }
    }
}
