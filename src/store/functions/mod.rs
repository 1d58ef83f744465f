//! KQL's string operators as SQL functions.
//!
//! Every string operator of the Kusto query language is an SQL function of exactly the same name,
//! so that a rule reads like the published query it came from. Names that are not SQL identifiers
//! are written in double quotes:
//!
//! ```sql
//! SELECT event_id FROM process_event
//! WHERE has(command_line, 'whoami')
//!   AND "!has"(folder_path, 'sccm')
//!   AND "in~"(file_name, '["cmd.exe", "powershell.exe"]');
//! ```
//!
//! What an operator says is computed in [`kusto`](crate::kusto), whose table of names is registered here: the first
//! argument is the left side, the second, where there is one, the right. All functions are deterministic and innocuous: they may stand in views and indexes.
//!
//! - **Total.** The answer is 1 or 0, never NULL: Kusto's strings have no null, so NULL is read as
//!   the empty string, and `!op` is the exact complement of `op`. Integers and reals are read as
//!   their text, blobs as UTF-8 in which broken bytes become U+FFFD.
//! - **Errors.** A pattern that does not compile and a list that is not a JSON array end the query
//!   with an error that names the function and quotes the argument.
//!
//! A constant right side, a bound parameter included, is prepared once a statement.
//!
//! May use `rusqlite`, `kusto` and `event`. Source:
//! <https://learn.microsoft.com/kusto/query/datatypes-string-operators>.

mod behaviour;
mod canonical;
mod error;
mod ticks;
mod value;

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

use crate::kusto::{OPERATORS, Test, operator_names};
pub use canonical::sha256_hex;
use error::{BadArgument, FunctionError};
use value::text_of;

/// Registers every KQL string operator on `conn`, as the module's documentation describes.
///
/// Errors: whatever SQLite reports when a function cannot be created.
pub fn register(conn: &Connection) -> rusqlite::Result<()> {
    for operator in OPERATORS {
        for (name, is_negated) in operator.names() {
            register_as(conn, name, operator.test, is_negated)?;
        }
    }
    behaviour::register(conn)?;
    canonical::register(conn)?;
    ticks::register(conn)
}

/// Whether a function of ours may stand in a rule: its answer hangs on its arguments alone.
pub(crate) fn is_for_rules(name: &str) -> bool {
    name.eq_ignore_ascii_case(ticks::NAME) || operator_names().any(|known| known.eq_ignore_ascii_case(name))
}

/// Registers `test`, or its complement, as the SQL function `name`.
fn register_as(conn: &Connection, name: &'static str, test: Test, negated: bool) -> rusqlite::Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    match test {
        Test::One(test) => conn
            .create_scalar_function(name, 1, flags, move |ctx| Ok(test(&text_of(ctx.get_raw(0))) != negated)),
        Test::Pair(test) => conn.create_scalar_function(name, 2, flags, move |ctx| {
            Ok(test(&text_of(ctx.get_raw(0)), &text_of(ctx.get_raw(1))) != negated)
        }),
        Test::Prepared(prepare) => conn.create_scalar_function(name, 2, flags, move |ctx| {
            let matcher = ctx.get_or_create_aux(1, |needle| {
                prepare(&text_of(needle))
                    .map_err(|cause| FunctionError { function: name, cause: BadArgument::Needle(cause) })
            })?;
            Ok(matcher(&text_of(ctx.get_raw(0))) != negated)
        }),
    }
}

#[cfg(test)]
mod tests;
