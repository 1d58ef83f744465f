//! An event of the case as the texts that an export would have for it.

use std::collections::BTreeMap;

use rusqlite::{Connection, types::ValueRef};

use crate::error::Result;
use crate::event::{Column, Fields, ProcessEvent};
use crate::store::query;

/// An event's filled columns as texts: published ones by name, and the export's others.
#[derive(Debug, Clone, PartialEq)]
pub struct Texts {
    pub published: Vec<String>,
    pub extra: BTreeMap<String, String>,
}

impl crate::event::Texts for Texts {
    fn text(&self, column: Column) -> &str {
        &self.published[column as usize]
    }
}

impl Texts {
    /// The other columns as [`ProcessEvent::extra`] has them.
    pub fn extra_text(&self) -> String {
        if self.extra.is_empty() { String::new() } else { serde_json::json!(self.extra).to_string() }
    }
}

/// The texts of an event of the case.
pub fn read_texts(connection: &Connection, event_id: i64) -> Result<Texts> {
    let mut statement = connection.prepare_cached(query!("store/get_device_process_event"))?;
    let texts = statement.query_row([event_id], |row| {
        // By position: the view has the published columns first, in their order, and there may be many such rows.
        let published = (0..Column::COUNT).map(|index| row.get_ref(index).map(text_of));
        let published = published.collect::<rusqlite::Result<_>>()?;
        let extra: Option<String> = row.get("extra")?;
        Ok(Texts { published, extra: serde_json::from_str(&extra.unwrap_or_default()).unwrap_or_default() })
    })?;
    Ok(texts)
}

fn text_of(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(integer) => integer.to_string(),
        ValueRef::Real(real) => real.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// An event from its texts, which the case holds and which therefore can be read.
pub fn to_event<'a>(fields: &Fields<'a>) -> rusqlite::Result<ProcessEvent<'a>> {
    fields.to_event().map_err(|fault| rusqlite::Error::ToSqlConversionFailure(fault.to_string().into()))
}
