//! The record of what was taken in.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row};
use serde::de::DeserializeOwned;

use super::{Case, query};
use crate::error::{Error, Result};
use crate::event::Timestamp;
use crate::source::Notice;

/// One file that was taken in. The counts are of rows.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(missing_docs, reason = "the table `import` says what each field means")]
pub struct Import {
    pub id: i64,
    pub file_name: String,
    pub sha256: String,
    pub member: String,
    pub size_bytes: i64,
    pub format: String,
    pub imported_at: Timestamp,
    pub imported_by: String,
    pub rows_read: i64,
    pub events_new: i64,
    pub events_known: i64,
    pub events_completed: i64,
    pub rows_conflicting: i64,
    pub rows_rejected: i64,
    pub rows_of_other_tables: i64,
    pub events_matched: i64,
    pub rows_without_report_id: i64,
    pub rows_without_device_id: i64,
    pub first_event: Option<Timestamp>,
    pub last_event: Option<Timestamp>,
    pub rows_recovered: i64,
    pub recovered_after: Option<i64>,
    /// [`Self::rows_of_other_tables`] by the table's name; `""` where nothing names it.
    pub other_tables: BTreeMap<String, i64>,
    /// Names of published columns that the file, or a part of it, does not have.
    pub lacking: Vec<String>,
    pub notices: Vec<Notice>,
}

/// A row that was no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Where the row begins, from 1.
    pub line: i64,
    /// What is wrong with it.
    pub reason: String,
    /// The row as it stands in the file; bytes that are not UTF-8 are replaced.
    pub raw: String,
}

/// A row that contradicts its event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Where the row begins, from 1.
    pub line: i64,
    /// The event.
    pub event_id: i64,
    /// The names of the columns that differ, as a JSON array.
    pub columns: String,
    /// The row's filled columns, as a JSON object.
    pub row: String,
}

/// An event that rests on a row behind one that broke inside a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// Where the row begins, from 1.
    pub line: i64,
    /// The event.
    pub event_id: i64,
    /// Its time, as the view has it.
    pub time: String,
    /// Its device's name.
    pub device_name: String,
    /// The created process's file.
    pub file_name: String,
    /// Its command line.
    pub command_line: String,
    /// Whether a row in order, of another import, says the same.
    pub is_confirmed: bool,
}

impl Case {
    /// Every import, in order of arrival.
    ///
    /// # Errors
    /// The case's database.
    pub fn list_imports(&self) -> Result<Vec<Import>> {
        let mut statement = self.connection().prepare(query!("store/list_imports"))?;
        let imports = statement.query_map([], read_import)?;
        Ok(imports.collect::<rusqlite::Result<_>>()?)
    }

    /// One import.
    ///
    /// # Errors
    /// There is no import of this number.
    pub fn get_import(&self, id: i64) -> Result<Import> {
        let mut statement = self.connection().prepare(query!("store/get_import"))?;
        let import = statement.query_row([id], read_import).optional()?;
        import.ok_or_else(|| Error::Unknown { what: "import", name: id.to_string(), known: String::new() })
    }

    /// The import of the file with this SHA-256, in hexadecimal, or of this member of it; `""` for the file itself.
    ///
    /// # Errors
    /// The case's database.
    pub fn find_import(&self, sha256: &str, member: &str) -> Result<Option<Import>> {
        find_by_digest(self.connection(), sha256, member)
    }

    /// Whether a file of this size was imported, so that it is worth its while to see whether it was the same.
    ///
    /// # Errors
    /// The case's database.
    pub fn has_import_of_size(&self, size_bytes: u64) -> Result<bool> {
        let mut statement = self.connection().prepare(query!("store/has_import_of_size"))?;
        Ok(statement.query_row([size_bytes as i64], |row| row.get(0))?)
    }

    /// Hands on an import's rejected rows, in the order of the file: all, or the first `limit`.
    ///
    /// # Errors
    /// The case's database, or what `take` says.
    pub fn for_each_reject(
        &self,
        import_id: i64,
        limit: Option<usize>,
        take: &mut dyn FnMut(Reject) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.connection().prepare(query!("store/list_rejects"))?;
        let limit = limit.map_or(-1, |limit| limit as i64);
        let mut rows = statement.query((import_id, limit))?;
        while let Some(row) = rows.next()? {
            let raw: Vec<u8> = row.get("raw")?;
            let raw = String::from_utf8_lossy(&raw).into_owned();
            take(Reject { line: row.get("line")?, reason: row.get("reason")?, raw })?;
        }
        Ok(())
    }

    /// Hands on the events that rest on an import's recovered rows, in the order of the file.
    ///
    /// # Errors
    /// The case's database, or what `take` says.
    pub fn for_each_recovered(
        &self,
        import_id: i64,
        take: &mut dyn FnMut(Recovered) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.connection().prepare(query!("store/list_recovered"))?;
        let mut rows = statement.query([import_id])?;
        while let Some(row) = rows.next()? {
            take(Recovered {
                line: row.get("line")?,
                event_id: row.get("event_id")?,
                time: row.get("Timestamp")?,
                device_name: row.get("DeviceName")?,
                file_name: row.get("FileName")?,
                command_line: row.get("ProcessCommandLine")?,
                is_confirmed: row.get("is_confirmed")?,
            })?;
        }
        Ok(())
    }

    /// An import's rows that contradict the case, in the order of the file.
    ///
    /// # Errors
    /// The case's database.
    pub fn list_conflicts(&self, import_id: i64) -> Result<Vec<Conflict>> {
        let mut statement = self.connection().prepare(query!("store/list_conflicts"))?;
        let conflicts = statement.query_map([import_id], |row| {
            Ok(Conflict {
                line: row.get("line")?,
                event_id: row.get("event_id")?,
                columns: row.get("columns")?,
                row: row.get("row")?,
            })
        })?;
        Ok(conflicts.collect::<rusqlite::Result<_>>()?)
    }
}

/// Whether anything was imported.
pub fn has_imports(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row(query!("store/has_imports"), [], |row| row.get(0))
}

/// The import of the file with this SHA-256, in hexadecimal, or of a member of it.
pub fn find_by_digest(connection: &Connection, sha256: &str, member: &str) -> Result<Option<Import>> {
    let mut statement = connection.prepare(query!("store/get_import_by_digest"))?;
    Ok(statement.query_row([sha256, member], read_import).optional()?)
}

fn read_import(row: &Row<'_>) -> rusqlite::Result<Import> {
    let time = |column| row.get::<_, Option<i64>>(column).map(|ticks| ticks.map(Timestamp::from_ticks));
    Ok(Import {
        id: row.get("import_id")?,
        file_name: row.get("file_name")?,
        sha256: row.get("sha256")?,
        member: row.get("member")?,
        size_bytes: row.get("size_bytes")?,
        format: row.get("format")?,
        imported_at: Timestamp::from_ticks(row.get("imported_at")?),
        imported_by: row.get("imported_by")?,
        rows_read: row.get("rows_read")?,
        events_new: row.get("events_new")?,
        events_known: row.get("events_known")?,
        events_completed: row.get("events_completed")?,
        rows_conflicting: row.get("rows_conflicting")?,
        rows_rejected: row.get("rows_rejected")?,
        rows_of_other_tables: row.get("rows_of_other_tables")?,
        events_matched: row.get("events_matched")?,
        rows_without_report_id: row.get("rows_without_report_id")?,
        rows_without_device_id: row.get("rows_without_device_id")?,
        first_event: time("first_event")?,
        last_event: time("last_event")?,
        rows_recovered: row.get("rows_recovered")?,
        recovered_after: row.get("recovered_after")?,
        other_tables: json(row, "other_tables")?,
        lacking: json(row, "lacking")?,
        notices: json(row, "notices")?,
    })
}

/// A column that holds JSON.
fn json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text).map_err(|cause| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(cause))
    })
}
