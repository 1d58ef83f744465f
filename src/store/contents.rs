//! Contents that events share: which of them nothing refers to any more.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::query;
use crate::error::Result;

/// The numbers of one block of [`Used`], and the words that hold a bit for each.
const BLOCK: i64 = 4096;
const WORD_BITS: i64 = u64::BITS as i64;
const WORDS: usize = (BLOCK / WORD_BITS) as usize;

/// The tables of contents that may go; a device stays as long as its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    InitiatingProcess,
    Logon,
    Image,
    CommandLine,
    Account,
    Workspace,
    Text,
}

impl Table {
    /// Those to which only events, initiating processes and logons refer.
    const LEAVES: [Self; 5] = [Self::Image, Self::CommandLine, Self::Account, Self::Workspace, Self::Text];

    const fn delete(self) -> &'static str {
        match self {
            Self::InitiatingProcess => query!("store/delete_initiating_processes"),
            Self::Logon => query!("store/delete_logons"),
            Self::Image => query!("store/delete_images"),
            Self::CommandLine => query!("store/delete_command_lines"),
            Self::Account => query!("store/delete_accounts"),
            Self::Workspace => query!("store/delete_workspaces"),
            Self::Text => query!("store/delete_texts"),
        }
    }
}

/// What the columns of a list of references refer to.
type References = [(&'static str, Table)];

const OF_EVENTS: &References = &[
    ("image_id", Table::Image),
    ("command_line_id", Table::CommandLine),
    ("logon_id", Table::Logon),
    ("initiating_process_id", Table::InitiatingProcess),
    ("device_name_id", Table::Text),
    ("action_type_id", Table::Text),
    ("additional_fields_id", Table::Text),
    ("app_guard_container_id", Table::Text),
    ("extra_id", Table::Text),
    ("workspace_id", Table::Workspace),
];
const OF_PROCESSES: &References = &[
    ("image_id", Table::Image),
    ("command_line_id", Table::CommandLine),
    ("logon_id", Table::Logon),
    ("parent_file_name_id", Table::Text),
    ("signer_type_id", Table::Text),
    ("signature_status_id", Table::Text),
];
const OF_LOGONS: &References = &[
    ("account_id", Table::Account),
    ("integrity_level_id", Table::Text),
    ("token_elevation_id", Table::Text),
    ("remote_device_name_id", Table::Text),
    ("remote_ip_id", Table::Text),
];

/// Removes contents to which no event refers, by itself or by its initiating process, within the caller's transaction.
/// Gives how many rows they were. Reads every event once, and holds a bit in memory for each content in use.
pub(crate) fn delete_unused_contents(connection: &Connection) -> Result<i64> {
    let mut contents = Contents { connection, used: Default::default(), deleted: 0 };
    contents.note(query!("store/list_event_contents"), OF_EVENTS)?;
    contents.delete_unused(Table::InitiatingProcess)?;
    contents.note(query!("store/list_process_contents"), OF_PROCESSES)?;
    contents.delete_unused(Table::Logon)?;
    contents.note(query!("store/list_logon_contents"), OF_LOGONS)?;
    for table in Table::LEAVES {
        contents.delete_unused(table)?;
    }
    connection.execute(query!("store/forget_content"), [])?;
    Ok(contents.deleted)
}

/// Remembers the highest numbers of events, completions and contents, so that what arrives after some were removed is
/// newer to rules, and nothing gets a number that something else had. Within the caller's transaction.
pub(crate) fn keep_last_numbers(connection: &Connection) -> Result<()> {
    connection.execute(query!("store/keep_last_numbers"), [])?;
    Ok(())
}

struct Contents<'c> {
    connection: &'c Connection,
    /// By table.
    used: [Used; 7],
    deleted: i64,
}

impl Contents<'_> {
    /// Notes what the rows of a list refer to.
    fn note(&mut self, list: &str, references: &References) -> Result<()> {
        let mut statement = self.connection.prepare(list)?;
        let mut columns = Vec::with_capacity(references.len());
        for (name, table) in references {
            columns.push((statement.column_index(name)?, *table as usize));
        }
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for (column, table) in &columns {
                if let Some(number) = row.get(*column)? {
                    self.used[*table].note(number);
                }
            }
        }
        Ok(())
    }

    /// Removes the rows of a table that were not noted, span by span.
    fn delete_unused(&mut self, table: Table) -> Result<()> {
        let mut delete = self.connection.prepare(table.delete())?;
        let mut first = i64::MIN;
        for used in self.used[table as usize].numbers() {
            if first < used {
                self.deleted += delete.execute([first, used.saturating_sub(1)])? as i64;
            }
            first = used.saturating_add(1);
        }
        self.deleted += delete.execute([first, i64::MAX])? as i64;
        Ok(())
    }
}

/// Numbers of rows that are in use: a bit each, in blocks, so that a number far from all others costs no more.
#[derive(Debug, Default)]
struct Used(BTreeMap<i64, Box<[u64; WORDS]>>);

impl Used {
    fn note(&mut self, number: i64) {
        let block = self.0.entry(number.div_euclid(BLOCK)).or_insert_with(|| Box::new([0; WORDS]));
        let bit = number.rem_euclid(BLOCK);
        block[(bit / WORD_BITS) as usize] |= 1 << (bit % WORD_BITS);
    }

    /// The numbers, from the lowest on.
    fn numbers(&self) -> impl Iterator<Item = i64> {
        self.0.iter().flat_map(|(block, words)| {
            let is_used = |bit: &i64| words[(bit / WORD_BITS) as usize] >> (bit % WORD_BITS) & 1 == 1;
            (0..BLOCK).filter(is_used).map(move |bit| block * BLOCK + bit)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_use_are_given_once_and_in_order() {
        let mut used = Used::default();
        for number in [70, 1, 4096, 63, 64, 4095, 1, 1 << 40, -5] {
            used.note(number);
        }
        assert_eq!(used.numbers().collect::<Vec<_>>(), [-5, 1, 63, 64, 70, 4095, 4096, 1 << 40]);
        assert_eq!(Used::default().numbers().count(), 0);
    }
}
