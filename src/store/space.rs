//! The room that a case takes on disk, and giving back what it does not need.

use std::path::PathBuf;

use super::{Case, query};
use crate::error::Result;

/// How many rows of an index are read to know how its values spread, so that this takes no longer in a large case.
/// Source: <https://www.sqlite.org/lang_analyze.html#approx>.
const ROWS_READ: i64 = 1000;

impl Case {
    /// The bytes of the case and of its log on disk.
    pub fn size_bytes(&self) -> i64 {
        let mut log = self.path().as_os_str().to_owned();
        log.push("-wal");
        let size = |path| std::fs::metadata(path).map_or(0, |metadata| metadata.len() as i64);
        size(self.path().to_owned()) + size(PathBuf::from(log))
    }

    /// The bytes within the case that hold nothing.
    ///
    /// # Errors
    /// The case's database.
    pub fn free_bytes(&self) -> Result<i64> {
        let pages: i64 = self.connection().query_row("PRAGMA freelist_count", [], |row| row.get(0))?;
        let bytes: i64 = self.connection().query_row("PRAGMA page_size", [], |row| row.get(0))?;
        Ok(pages * bytes)
    }

    /// Lets SQLite see how the values of indexes spread, by which it chooses among them.
    ///
    /// # Errors
    /// The case's database, or another program writes it.
    pub fn analyze(&self) -> Result<()> {
        let connection = self.connection();
        connection.pragma_update(None, "analysis_limit", ROWS_READ)?;
        let transaction = self.begin()?;
        let names: Vec<String> = {
            let mut statement = connection.prepare(query!("store/list_indexes"))?;
            let names = statement.query_map([], |row| row.get("name"))?;
            names.collect::<rusqlite::Result<_>>()?
        };
        for name in names {
            // By index: of a whole table SQLite would count the rows, which takes longer the larger it is.
            connection.execute_batch(&format!("ANALYZE \"{}\"", name.replace('"', "\"\"")))?;
        }
        Ok(transaction.keep()?)
    }

    /// Writes the case anew without the room that holds nothing. Others can read meanwhile. Takes, for a while, twice the
    /// room that the case then has: once in the system's temporary folder, once in the log.
    ///
    /// # Errors
    /// The case's database, or another program writes it.
    pub fn vacuum(&self) -> Result<()> {
        // SQLite does this outside of any transaction. This one waits for another program's to end, so that what that one
        // says of who writes is not replaced before.
        drop(self.begin()?);
        let _holder = self.signature().announce();
        Ok(self.connection().execute_batch("VACUUM")?)
    }

    /// Copies the log into the case and empties it; false where others who read still need it.
    ///
    /// # Errors
    /// The case's database.
    pub fn empty_log(&self) -> Result<bool> {
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        let is_busy: bool = self.connection().query_row(sql, [], |row| row.get(0))?;
        Ok(!is_busy)
    }
}
