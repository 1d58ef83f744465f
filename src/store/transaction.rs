//! A span of changes that are kept together or not at all.

use rusqlite::Connection;

use super::holder::Holder;

/// An open transaction, or a savepoint within one. What it changed is undone unless it is kept.
pub(crate) struct Transaction<'c> {
    connection: &'c Connection,
    keep: &'static str,
    undo: &'static str,
    is_open: bool,
    /// Said to others who wait. Taken back before they can begin, so that it never takes back theirs.
    holder: Option<Holder>,
}

impl<'c> Transaction<'c> {
    /// Begins a transaction that writes; waits for another program's to end, then lets `announce` say who writes.
    pub(super) fn begin(
        connection: &'c Connection,
        announce: impl FnOnce() -> Option<Holder>,
    ) -> rusqlite::Result<Self> {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        Ok(Self { connection, keep: "COMMIT", undo: "ROLLBACK", is_open: true, holder: announce() })
    }

    /// Begins a transaction that only reads: what it reads is the case as it is now, whoever writes meanwhile.
    pub(super) fn begin_to_read(connection: &'c Connection) -> rusqlite::Result<Self> {
        connection.execute_batch("BEGIN DEFERRED")?;
        Ok(Self { connection, keep: "COMMIT", undo: "ROLLBACK", is_open: true, holder: None })
    }

    /// Begins a part of an open transaction.
    pub(crate) fn savepoint(connection: &'c Connection) -> rusqlite::Result<Self> {
        connection.execute_batch("SAVEPOINT part")?;
        Ok(Self {
            connection,
            keep: "RELEASE part",
            undo: "ROLLBACK TO part; RELEASE part",
            is_open: true,
            holder: None,
        })
    }

    /// Keeps what was changed.
    pub(crate) fn keep(mut self) -> rusqlite::Result<()> {
        self.holder = None;
        self.connection.execute_batch(self.keep)?;
        self.is_open = false;
        Ok(())
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        self.holder = None;
        if self.is_open {
            // An error here leaves SQLite to undo it when the connection closes.
            let _ = self.connection.execute_batch(self.undo);
        }
    }
}
