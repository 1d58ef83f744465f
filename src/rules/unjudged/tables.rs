//! What tells the columns that rules need and the events that lack them.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::OF_EVERY_EVENT;
use crate::error::Result;
use crate::event::Column;
use crate::store::{Case, check_reading, query};

/// A case without events whose `DeviceProcessEvents` is a table, so that SQLite's programs name published columns.
pub struct FlatCase(Connection);

impl FlatCase {
    /// With the tables of `case`.
    pub fn new(case: &Case) -> Result<Self> {
        Case::open_flat(case).map(Self)
    }

    /// The published columns that decide whether an event matches the rule of this text, in published order; none where
    /// SQLite cannot read the text any more, since that rule fails when it runs.
    ///
    /// Only the event's number is asked for, in an order of its own: SQLite then leaves out what the query merely shows
    /// or sorts by, and its program reads what the conditions need. What it cannot leave out, such as a column that
    /// `DISTINCT` compares, counts as needed.
    pub fn needed_columns(&self, text: &str) -> Result<Vec<Column>> {
        let Ok(reading) = check_reading(&self.0, text) else { return Ok(Vec::new()) };
        let program = format!("EXPLAIN SELECT event_id FROM (\n{}\n) ORDER BY event_id", reading.sql);
        let mut statement = self.0.prepare(&program)?;
        let steps =
            statement.query_map([], |row| Ok((row.get("opcode")?, row.get("p1")?, row.get("p2")?)))?;
        let steps: Vec<(String, i64, i64)> = steps.collect::<rusqlite::Result<_>>()?;
        let root: i64 = self.0.query_row(query!("runs/get_events_root"), [], |row| row.get("rootpage"))?;
        let reads = |cursor: i64| steps.contains(&("OpenRead".to_owned(), cursor, root));
        let is_read = |index: i64| {
            steps.iter().any(|(step, cursor, column)| step == "Column" && *column == index && reads(*cursor))
        };
        // The view begins with the published columns in their order.
        let columns = (0..).zip(Column::ALL).filter(|(index, _)| is_read(*index)).map(|(_, column)| *column);
        Ok(columns.filter(|column| !OF_EVERY_EVENT.contains(column)).collect())
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::catalogue::SHIPPED;
    use crate::rules::tables::Checker;
    use crate::store::Access;

    /// Rules, and what they need.
    const RULES: [(&str, &str); 18] = [
        ("SELECT event_id FROM DeviceProcessEvents", ""),
        ("SELECT event_id, FileName, SHA1 FROM DeviceProcessEvents WHERE FileName = 'a'", "FileName"),
        ("SELECT event_id, * FROM DeviceProcessEvents WHERE FileName = 'a';", "FileName"),
        ("SELECT event_id FROM deviceprocessevents WHERE filename = 'a' -- SHA1", "FileName"),
        ("SELECT event_id FROM DeviceProcessEvents WHERE SHA1 IS NOT NULL AND MD5 = SHA1", "SHA1 MD5"),
        ("SELECT event_id, SHA1 FROM DeviceProcessEvents WHERE FileName = 'a' ORDER BY MD5", "FileName"),
        // Shown only, however it is worked out.
        (
            "SELECT event_id, CASE WHEN SHA1 = 'a' THEN MD5 ELSE FolderPath END AS why
             FROM DeviceProcessEvents WHERE FileName = 'a'",
            "FileName",
        ),
        (
            "SELECT event_id, (SELECT max(value) FROM json_each(AdditionalFields)) AS most
             FROM DeviceProcessEvents WHERE FileName = 'a'",
            "FileName",
        ),
        // Worked out in a subquery, with the condition outside.
        (
            "SELECT event_id, why FROM (
               SELECT event_id, FolderPath, iif(SHA1 = 'a', MD5, '') AS why FROM DeviceProcessEvents
             ) WHERE why <> ''",
            "SHA1 MD5",
        ),
        (
            "WITH of_name AS (SELECT * FROM DeviceProcessEvents WHERE FileName = 'a')
             SELECT event_id, FolderPath FROM of_name WHERE has(ProcessCommandLine, 'b')",
            "FileName ProcessCommandLine",
        ),
        // The last column, beyond the 64 that SQLite tells apart where it keeps note of those used.
        (
            "SELECT event_id, * FROM (SELECT * FROM DeviceProcessEvents) WHERE FileName = 'a' AND Type = 'b'",
            "FileName Type",
        ),
        (
            "SELECT event_id, field.value FROM DeviceProcessEvents, json_each(AdditionalFields) AS field
             WHERE field.key = 'a'",
            "AdditionalFields",
        ),
        (
            "SELECT event_id FROM DeviceProcessEvents
             WHERE EXISTS (SELECT 1 FROM json_each(AdditionalFields) WHERE value = FolderPath)",
            "FolderPath AdditionalFields",
        ),
        (
            "SELECT event_id, AccountName FROM DeviceProcessEvents
             JOIN device ON external_id = DeviceId AND name = AccountDomain",
            "AccountDomain",
        ),
        (
            "SELECT event_id, SHA1 FROM DeviceProcessEvents WHERE FileName = 'a'
             UNION ALL SELECT event_id, MD5 FROM DeviceProcessEvents WHERE FolderPath = 'b'",
            "FileName FolderPath",
        ),
        // Every event has what says which it is.
        (
            "SELECT event_id FROM DeviceProcessEvents WHERE Timestamp > '2026' AND DeviceId <> ''
             AND DeviceName <> '' AND ReportId > 1 AND import_id = 1 AND ticks > 1",
            "",
        ),
        // Not needed in truth, but SQLite compares it.
        ("SELECT DISTINCT event_id, SHA1 FROM DeviceProcessEvents WHERE FileName = 'a'", "FileName SHA1"),
        (
            SHIPPED[0].1,
            "FileName ProcessCommandLine InitiatingProcessFileName InitiatingProcessParentFileName",
        ),
    ];

    fn empty_case() -> (tempfile::TempDir, Case) {
        let folder = tempfile::tempdir().unwrap();
        let case = Case::open(&folder.path().join("case.db"), Access::Create).unwrap();
        (folder, case)
    }

    #[test]
    fn a_rule_needs_what_its_conditions_read_and_not_what_it_shows() {
        let (_folder, case) = empty_case();
        let (checker, flat) = (Checker::new(Some(&case)).unwrap(), FlatCase::new(&case).unwrap());
        for (rule, expected) in RULES {
            assert!(checker.check(rule).is_ok(), "this is no rule: {rule}");
            let needed: Vec<&str> =
                flat.needed_columns(rule).unwrap().into_iter().map(Column::name).collect();
            assert_eq!(needed.join(" "), expected, "{rule}");
        }
    }

    #[test]
    fn a_text_that_is_no_rule_any_more_needs_nothing() {
        let (_folder, case) = empty_case();
        let text = "SELECT event_id FROM DeviceProcessEvents WHERE no_more(FileName)";
        assert_eq!(FlatCase::new(&case).unwrap().needed_columns(text).unwrap(), []);
    }
}
