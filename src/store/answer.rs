//! An analyst's own SQL over the case.

use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::{Connection, Statement, types::ValueRef};

use super::Case;
use crate::error::{Error, Result};

/// One value of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A floating point number.
    Real(f64),
    /// A text; a blob is read as one, with bytes that are not UTF-8 replaced.
    Text(String),
}

/// Takes an answer, row by row.
pub trait Answer {
    /// The names of the columns; called once, before any row.
    ///
    /// # Errors
    /// The answer cannot be passed on.
    fn columns(&mut self, names: Vec<String>) -> Result<()>;

    /// One row.
    ///
    /// # Errors
    /// The answer cannot be passed on.
    fn row(&mut self, cells: Vec<Cell>) -> Result<()>;
}

impl Case {
    /// Runs one statement that reads, and gives its answer row by row.
    ///
    /// # Errors
    /// The text is no single statement that only reads, or it fails; SQLite's words say where.
    pub fn query(&self, sql: &str, answer: &mut impl Answer) -> Result<()> {
        let connection = self.open_read_only()?;
        let mut statement = prepare_reading(&connection, sql)?;
        let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        let width = names.len();
        answer.columns(names)?;
        let mut rows = statement.query([]).map_err(query_error)?;
        while let Some(row) = rows.next().map_err(query_error)? {
            let cells =
                (0..width).map(|index| row.get_ref(index).map(cell_of)).collect::<rusqlite::Result<_>>()?;
            answer.row(cells)?;
        }
        Ok(())
    }
}

/// Prepares a single statement that only reads.
pub(crate) fn prepare_reading<'c>(connection: &'c Connection, sql: &str) -> Result<Statement<'c>> {
    let mut batch = rusqlite::Batch::new(connection, sql);
    let first = batch.next().map_err(query_error)?;
    let Some(statement) = first else { return Err(Error::Query("there is no statement here".to_owned())) };
    if batch.next().map_err(query_error)?.is_some() {
        return Err(Error::Query("one statement at a time".to_owned()));
    }
    if !statement.readonly() || statement.column_count() == 0 {
        return Err(Error::Query("only a statement that reads can be run here, such as SELECT".to_owned()));
    }
    Ok(statement)
}

fn cell_of(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(integer) => Cell::Integer(integer),
        ValueRef::Real(real) => Cell::Real(real),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Cell::Text(String::from_utf8_lossy(bytes).into_owned())
        }
    }
}

/// SQLite's words, without rusqlite's around them.
fn query_error(cause: rusqlite::Error) -> Error {
    Error::Query(match cause {
        rusqlite::Error::SqlInputError { msg, .. } => msg,
        rusqlite::Error::SqliteFailure(_, Some(message)) => message,
        other => other.to_string(),
    })
}
