//! What tells the events that lack columns.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::error::Result;
use crate::store::query;

/// The rules that did not fail in a run: name and text, in the order of names.
pub fn list_rule_texts(connection: &Connection, run_id: i64) -> Result<Vec<(String, String)>> {
    let mut statement = connection.prepare(query!("runs/list_rule_texts"))?;
    let rules = statement.query_map([run_id], |row| Ok((row.get("rule_name")?, row.get("text")?)))?;
    Ok(rules.collect::<rusqlite::Result<_>>()?)
}

/// Imports that lack columns: their numbers, and how many of their events the case has.
pub fn list_lacking_imports(connection: &Connection) -> Result<BTreeMap<i64, i64>> {
    let mut statement = connection.prepare(query!("runs/list_lacking_imports"))?;
    let counts = statement.query_map([], |row| Ok((row.get("import_id")?, row.get("events")?)))?;
    Ok(counts.collect::<rusqlite::Result<_>>()?)
}

/// Events of one import that came again in the same later imports.
pub struct Later {
    pub import_id: i64,
    pub later_imports: Vec<i64>,
    pub events: i64,
}

/// Events of imports that lack columns, which later imports filled or repeated.
pub fn list_later_imports(connection: &Connection) -> Result<Vec<Later>> {
    let mut statement = connection.prepare(query!("runs/list_later_imports"))?;
    let later = statement.query_map([], |row| {
        let imports: String = row.get("later_imports")?;
        Ok(Later {
            import_id: row.get("import_id")?,
            later_imports: serde_json::from_str(&imports).unwrap_or_default(),
            events: row.get("events")?,
        })
    })?;
    Ok(later.collect::<rusqlite::Result<_>>()?)
}
