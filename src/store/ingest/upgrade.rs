//! What older versions kept in a way that an ingest no longer understands.

use rusqlite::Connection;

use super::encode::Content;
use super::interner::Interner;
use super::texts::{read_texts, to_event};
use crate::error::Result;
use crate::event::Fields;
use crate::store::{Transaction, query};

/// Gives the events without ReportId of versions before 4 the hash by which such events are known now.
pub fn hash_old_events(connection: &Connection) -> Result<()> {
    if list_unhashed(connection)?.is_empty() {
        return Ok(());
    }
    let transaction = Transaction::begin(connection, || None)?;
    let mut statement = connection.prepare(query!("store/get_last_ids"))?;
    let mut interner = statement.query_row([], |row| Interner::new(row, None))?;
    let mut update = connection.prepare(query!("store/update_content_hash"))?;
    loop {
        let event_ids = list_unhashed(connection)?;
        if event_ids.is_empty() {
            return Ok(transaction.keep()?);
        }
        for event_id in event_ids {
            let texts = read_texts(connection, event_id)?;
            let extra = texts.extra_text();
            let event = to_event(&Fields::new(&texts, &extra))?;
            update.execute((event_id, interner.hash_value(&Content(&event))))?;
        }
    }
}

/// The next of these events.
fn list_unhashed(connection: &Connection) -> rusqlite::Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(query!("store/list_unhashed_events"))?;
    statement.query_map([], |row| row.get("event_id"))?.collect()
}
