//! An analyst's own SQL over the case.

use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Connection, types::ValueRef};

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
    /// A text, with bytes that are not UTF-8 replaced; a blob in hexadecimal.
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

const ONLY_READS: &str = "only a statement that reads can be run here, such as SELECT";

impl Case {
    /// Runs one statement that reads, and gives its answer row by row.
    ///
    /// # Errors
    /// The text is no single statement that only reads, or it fails; SQLite's words say where.
    pub fn query(&self, sql: &str, answer: &mut impl Answer) -> Result<()> {
        let connection = self.open_read_only()?;
        let reading = check_reading(&connection, sql).map_err(|fault| Error::Query(fault.problem))?;
        let mut statement = connection.prepare(&reading.sql).map_err(query_error)?;
        let width = reading.columns.len();
        answer.columns(reading.columns)?;
        let mut rows = statement.query([]).map_err(query_error)?;
        while let Some(row) = rows.next().map_err(query_error)? {
            let cells =
                (0..width).map(|index| row.get_ref(index).map(cell_of)).collect::<rusqlite::Result<_>>()?;
            answer.row(cells)?;
        }
        Ok(())
    }
}

/// Pragmas that describe the schema and change nothing.
const DESCRIBING_PRAGMAS: [&str; 6] =
    ["table_info", "table_xinfo", "table_list", "index_list", "index_info", "foreign_key_list"];

/// Lets a connection run what reads tables, and nothing else: no pragma that acts, no ATTACH, no transaction.
pub(crate) fn allow_reading_only(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.authorizer(Some(|context: AuthContext<'_>| match is_reading(&context.action) {
        true => Authorization::Allow,
        false => Authorization::Deny,
    }))
}

/// Whether a step of a statement only reads.
pub(crate) fn is_reading(action: &AuthAction<'_>) -> bool {
    match action {
        AuthAction::Pragma { pragma_name, .. } => DESCRIBING_PRAGMAS.contains(pragma_name),
        AuthAction::Select
        | AuthAction::Read { .. }
        | AuthAction::Function { .. }
        | AuthAction::Recursive => true,
        _ => false,
    }
}

/// A statement that only reads.
pub(crate) struct Reading {
    /// Its text, without a semicolon.
    pub sql: String,
    /// The names of its columns.
    pub columns: Vec<String>,
}

/// Why a text is no single statement that only reads.
pub(crate) struct Fault {
    /// Where, in bytes from the start.
    pub offset: usize,
    /// What is wrong.
    pub problem: String,
}

/// Checks that a text is one statement, without parameters, that only reads.
pub(crate) fn check_reading(connection: &Connection, sql: &str) -> std::result::Result<Reading, Fault> {
    let fault = |problem: &str| Fault { offset: 0, problem: problem.to_owned() };
    let mut batch = rusqlite::Batch::new(connection, sql);
    let Some(statement) = batch.next().map_err(fault_of)? else {
        return Err(fault("there is no statement here"));
    };
    if !statement.readonly() || statement.column_count() == 0 {
        return Err(fault(ONLY_READS));
    }
    if statement.parameter_count() > 0 {
        return Err(fault("a statement with parameters cannot be run here"));
    }
    let text = statement.expanded_sql().unwrap_or_default();
    let columns = statement.column_names().map(str::to_owned).collect();
    if batch.next().map_err(fault_of)?.is_some() {
        return Err(fault("one statement at a time"));
    }
    Ok(Reading { sql: text.trim().trim_end_matches(';').to_owned(), columns })
}

fn fault_of(cause: rusqlite::Error) -> Fault {
    let offset = match &cause {
        rusqlite::Error::SqlInputError { offset, .. } => usize::try_from(*offset).unwrap_or(0),
        _ => 0,
    };
    Fault { offset, problem: words_of(cause) }
}

/// A value of SQLite's.
pub(crate) fn cell_of(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(integer) => Cell::Integer(integer),
        ValueRef::Real(real) => Cell::Real(real),
        ValueRef::Text(bytes) => Cell::Text(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Blob(bytes) => Cell::Text(bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
    }
}

/// SQLite's words, without rusqlite's around them.
fn words_of(cause: rusqlite::Error) -> String {
    match cause {
        rusqlite::Error::SqlInputError { error, .. } | rusqlite::Error::SqliteFailure(error, _)
            if error.code == rusqlite::ErrorCode::AuthorizationForStatementDenied =>
        {
            ONLY_READS.to_owned()
        }
        rusqlite::Error::SqlInputError { msg, .. } => msg,
        rusqlite::Error::SqliteFailure(_, Some(message)) => message,
        other => other.to_string(),
    }
}

fn query_error(cause: rusqlite::Error) -> Error {
    Error::Query(words_of(cause))
}
