//! The tables whose rows are known by their content.

use crate::store::query;

/// A table whose rows are known by their content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    CommandLine,
    InitiatingProcess,
    Image,
    Logon,
    Text,
    Account,
    Device,
    Workspace,
}

impl Table {
    /// Every one, in the order of their numbers: those with the most rows first.
    pub const ALL: [Self; 8] = [
        Self::CommandLine,
        Self::InitiatingProcess,
        Self::Image,
        Self::Logon,
        Self::Text,
        Self::Account,
        Self::Device,
        Self::Workspace,
    ];

    /// The statement that adds a row: its number, then its columns in order.
    pub const fn insert(self) -> &'static str {
        match self {
            Self::CommandLine => query!("store/insert_command_line"),
            Self::Device => query!("store/insert_device"),
            Self::Text => query!("store/insert_text"),
            Self::Image => query!("store/insert_image"),
            Self::Account => query!("store/insert_account"),
            Self::Logon => query!("store/insert_logon"),
            Self::Workspace => query!("store/insert_workspace"),
            Self::InitiatingProcess => query!("store/insert_initiating_process"),
        }
    }

    /// The statement that gives the columns of a row, without its number, in the order of [`Self::insert`].
    pub const fn get(self) -> &'static str {
        match self {
            Self::CommandLine => query!("store/get_command_line"),
            Self::Device => query!("store/get_device"),
            Self::Text => query!("store/get_text"),
            Self::Image => query!("store/get_image"),
            Self::Account => query!("store/get_account"),
            Self::Logon => query!("store/get_logon"),
            Self::Workspace => query!("store/get_workspace"),
            Self::InitiatingProcess => query!("store/get_initiating_process"),
        }
    }

    /// Which of these columns, from 0, are numbers of rows of other tables.
    pub const fn references(self) -> &'static [(usize, Self)] {
        match self {
            Self::Logon => {
                &[(0, Self::Account), (2, Self::Text), (3, Self::Text), (6, Self::Text), (7, Self::Text)]
            }
            Self::InitiatingProcess => &[
                (0, Self::Image),
                (1, Self::CommandLine),
                (2, Self::Logon),
                (7, Self::Text),
                (9, Self::Text),
                (10, Self::Text),
            ],
            _ => &[],
        }
    }

    /// The column of a row's number.
    pub const fn id_column(self) -> &'static str {
        match self {
            Self::CommandLine => "command_line_id",
            Self::Device => "device_id",
            Self::Text => "text_id",
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

impl Cell<&str> {
    /// The same with a text of its own.
    pub fn to_owned(&self) -> Cell<String> {
        match self {
            Self::Null => Cell::Null,
            Self::Integer(integer) => Cell::Integer(*integer),
            Self::Text(text) => Cell::Text((*text).to_owned()),
        }
    }
}

impl<T: AsRef<str>> Cell<T> {
    /// The same with its text borrowed.
    pub fn borrowed(&self) -> Cell<&str> {
        match self {
            Self::Null => Cell::Null,
            Self::Integer(integer) => Cell::Integer(*integer),
            Self::Text(text) => Cell::Text(text.as_ref()),
        }
    }
}

/// A row to add to a table.
#[derive(Debug)]
pub struct Entry {
    pub table: Table,
    pub id: i64,
    pub cells: Vec<Cell<String>>,
}

/// Rows that are new to the case.
#[derive(Debug, Default)]
pub struct NewRows {
    /// Of every table but that of command lines.
    pub entries: Vec<Entry>,
    pub command_lines: CommandLines,
}

/// Command lines, one after the other in one text.
#[derive(Debug, Default)]
pub struct CommandLines {
    text: String,
    /// Their numbers, and where each ends.
    ends: Vec<(i64, usize)>,
}

impl CommandLines {
    /// Adds one.
    pub fn push(&mut self, id: i64, text: &str) {
        self.text.push_str(text);
        self.ends.push((id, self.text.len()));
    }

    /// Each with its number.
    pub fn iter(&self) -> impl Iterator<Item = (i64, &str)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(_, end)| *end));
        self.ends.iter().zip(starts).map(|((id, end), start)| (*id, &self.text[start..*end]))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
}
