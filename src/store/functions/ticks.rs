//! `ticks`, by which queries ask for events of a time.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

use super::error::{BadArgument, FunctionError};
use super::value::text_of;
use crate::event::Timestamp;

/// Its name.
pub(super) const NAME: &str = "ticks";

/// Registers `ticks(text)`: the instant that a time stands for, as the 100 ns since 1970 that the column `ticks` of
/// `DeviceProcessEvents` holds. A date alone is its midnight; a time without a zone is UTC. Any other text ends the
/// query with an error.
pub(super) fn register(conn: &Connection) -> rusqlite::Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    conn.create_scalar_function(NAME, 1, flags, |ctx| {
        let text = text_of(ctx.get_raw(0));
        let instant = Timestamp::parse_typed(&text).ok_or_else(|| {
            let cause = BadArgument::Time { text: text.into_owned() };
            rusqlite::Error::UserFunctionError(Box::new(FunctionError { function: NAME, cause }))
        })?;
        Ok(instant.ticks())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(argument: &str) -> rusqlite::Result<i64> {
        let connection = Connection::open_in_memory().unwrap();
        register(&connection).unwrap();
        connection.query_row(&format!("SELECT ticks({argument})"), [], |row| row.get(0))
    }

    #[test]
    fn a_time_is_counted_from_1970() {
        let table = [
            ("'1970-01-01'", 0),
            ("'1970-01-02'", 864_000_000_000),
            ("'1970-01-01 00:01'", 600_000_000),
            ("'1970-01-01T00:00:00.0000007Z'", 7),
            ("'1970-01-01T00:00:00+01:00'", -36_000_000_000),
        ];
        for (argument, expected) in table {
            assert_eq!(ticks(argument).unwrap(), expected, "{argument}");
        }
    }

    #[test]
    fn what_is_no_time_is_an_error_that_names_it() {
        for argument in ["'yesterday'", "''", "NULL", "12", "'2026-13-01'"] {
            let error = ticks(argument).unwrap_err().to_string();
            assert!(error.contains("ticks: ") && error.contains("is not a time"), "{error}");
        }
    }
}
