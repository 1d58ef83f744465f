//! How often a file says the very same of events that nothing else tells apart.
//!
//! In an export without ReportId two rows that are equal are two events. Another file that has them too adds none: the
//! first of its equal rows is the first of the others', the second the second.

use rusqlite::Connection;

use crate::store::query;

/// Counts the contents of one part of a file, in a database of its own on disk: there may be as many as rows.
#[derive(Debug, Default)]
pub struct Occurrences {
    /// None before the first.
    counted: Option<Connection>,
    part: u64,
}

impl Occurrences {
    /// The hash of the next event of a content: that of the content for the first, and another for each further one.
    pub fn next(&mut self, content_hash: i64) -> rusqlite::Result<i64> {
        let counted = match &mut self.counted {
            Some(counted) => counted,
            none => none.insert(open()?),
        };
        let mut count = counted.prepare_cached(query!("store/count_occurrence"))?;
        let earlier: i64 = count.query_row([content_hash], |row| row.get("earlier"))?;
        Ok(content_hash.wrapping_add(earlier))
    }

    /// Goes on in a part: another one counts as a file of its own.
    pub fn enter(&mut self, part: u64) -> rusqlite::Result<()> {
        let is_other = std::mem::replace(&mut self.part, part) != part;
        match &self.counted {
            Some(counted) if is_other => counted.execute_batch(query!("store/delete_occurrences")),
            _ => Ok(()),
        }
    }
}

/// A database that goes when it is closed.
fn open() -> rusqlite::Result<Connection> {
    let connection = Connection::open("")?;
    connection.execute_batch(query!("store/create_occurrence"))?;
    Ok(connection)
}
