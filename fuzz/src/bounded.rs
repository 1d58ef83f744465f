//! Statements that end soon. An analyst may well ask a question that takes a day, and that is no fault of the program.

use huntcase::store::Case;
use rusqlite::Connection;
use rusqlite::limits::Limit;

/// Steps of SQLite's machine between two looks at the clock, and how many looks.
const STEPS: i32 = 1000;
const LOOKS: u32 = 300;
/// The longest value.
const LONGEST: i32 = 1 << 18;

/// How a statement fares on a connection that can only read.
#[derive(Debug, PartialEq)]
pub enum Fate {
    /// It is none, or none that is allowed.
    Refused,
    /// It gives an answer.
    Answers,
    /// It fails on the way, or takes too long or too much.
    Fails,
}

/// Tries a statement.
pub fn try_out(case: &Case, sql: &str) -> Fate {
    let mut connection = case.open_read_only().expect("a case can be read");
    limit(&mut connection).expect("a connection can be limited");
    let Ok(mut statement) = connection.prepare(sql) else { return Fate::Refused };
    let Ok(mut rows) = statement.query([]) else { return Fate::Refused };
    loop {
        match rows.next() {
            Ok(Some(_)) => {}
            Ok(None) => return Fate::Answers,
            Err(_) => return Fate::Fails,
        }
    }
}

fn limit(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST)?;
    let mut looks = 0;
    connection.progress_handler(
        STEPS,
        Some(move || {
            looks += 1;
            looks > LOOKS
        }),
    )
}
