//! What older versions kept in a way that an ingest no longer understands.

use rusqlite::{Connection, ErrorCode};

use super::content::hash_content;
use super::interner::Interner;
use super::row::Content;
use super::texts::{read_texts, to_event};
use crate::error::Result;
use crate::event::{Fields, Reading, stands_for_nothing};
use crate::store::{Transaction, query};

/// Gives the events without ReportId of older versions the hash by which such events are known now.
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
            let mut texts = read_texts(connection, event_id)?;
            // Words for nothing, which older versions kept, are known as nothing now.
            texts.extra.retain(|_, text| !stands_for_nothing(text));
            let extra = texts.extra_text();
            let (fields, reading) = (Fields::new(&texts, &extra), Reading::default());
            let event = fields.read_as(&reading).to_event().or_else(|_| to_event(&fields))?;
            // Two that older versions told apart by the case of an id stay two.
            let hash = hash_content(&mut interner, Content::Whole, &event);
            match update.execute((event_id, hash)) {
                Err(cause) if cause.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                    update.execute((event_id, interner.hash_value(&(hash, event_id))))?;
                }
                updated => _ = updated?,
            }
        }
    }
}

/// The next of these events.
fn list_unhashed(connection: &Connection) -> rusqlite::Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(query!("store/list_unhashed_events"))?;
    statement.query_map([], |row| row.get("event_id"))?.collect()
}
