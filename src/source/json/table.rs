//! Rows that are arrays: the cells of a table whose columns stand before its rows.

use std::fmt;

use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::source::headings::{Heading, OtherNames, read_heading};

/// The most columns of a table, and how long their description may be: whoever writes an answer chooses them.
const MOST_COLUMNS: usize = 4096;
const LONGEST_COLUMNS: usize = 1 << 20;

/// What a table of an answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Rows of the query.
    Rows,
    /// How the query went.
    Status,
    /// What the answer says of itself: no data.
    Aside,
}

/// A table of an answer, whose rows are arrays of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The columns as keys of JSON, with the colon behind them.
    keys: Vec<String>,
    pub role: Role,
}

impl Table {
    /// The table that `columns` describes: an array of objects with a `name` or `ColumnName`. `kind` is the table's
    /// `TableKind`, where it has one. None for columns that cannot be read.
    pub fn read(columns: &RawValue, kind: Option<&str>) -> Option<Self> {
        if columns.get().len() > LONGEST_COLUMNS {
            return None;
        }
        let columns: Vec<Map<String, Value>> = serde_json::from_str(columns.get()).ok()?;
        let names: Vec<&str> = columns.iter().map(name_of).collect::<Option<_>>()?;
        if names.len() > MOST_COLUMNS {
            return None;
        }
        let mut apart = OtherNames::new(names.iter().copied());
        let mut keys = Vec::new();
        for &name in &names {
            let key = match read_heading(name) {
                Heading::Other(_) => serde_json::to_string(&apart.tell_apart(name)),
                _ => serde_json::to_string(name),
            };
            keys.push(key.ok()? + ":");
        }
        Some(Self { keys, role: role_of(&names, kind) })
    }

    /// Writes a row of cells as the object that it stands for.
    ///
    /// # Errors
    /// It is no array, or has not as many cells as the table has columns.
    pub fn zip(&self, row: &str, object: &mut String) -> Result<(), String> {
        object.push('{');
        let count = serde_json::Deserializer::from_str(row)
            .deserialize_seq(Cells { keys: &self.keys, object })
            .map_err(|error| error.to_string())?;
        object.push('}');
        match self.keys.len() {
            columns if columns == count => Ok(()),
            columns => Err(format!("a row of {count} cells in a table of {columns} columns")),
        }
    }
}

struct Cells<'t> {
    keys: &'t [String],
    object: &'t mut String,
}

impl<'de> Visitor<'de> for Cells<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of cells")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<usize, A::Error> {
        let mut count = 0;
        while let Some(cell) = seq.next_element::<&RawValue>()? {
            if let Some(key) = self.keys.get(count) {
                if count > 0 {
                    self.object.push(',');
                }
                self.object.push_str(key);
                self.object.push_str(cell.get());
            }
            count += 1;
        }
        Ok(count)
    }
}

fn name_of(column: &Map<String, Value>) -> Option<&str> {
    let is_name = |key: &str| key.eq_ignore_ascii_case("name") || key.eq_ignore_ascii_case("ColumnName");
    column.iter().find(|(key, _)| is_name(key)).and_then(|(_, name)| name.as_str())
}

/// What a table holds that has these columns. Kusto's first version names no kinds.
fn role_of(names: &[&str], kind: Option<&str>) -> Role {
    let has = |name: &str| names.contains(&name);
    match kind {
        Some("PrimaryResult") => Role::Rows,
        _ if has("StatusCode") && (has("SeverityName") || has("LevelName")) => Role::Status,
        Some("QueryProperties" | "QueryCompletionInformation" | "TableOfContents" | "QueryPlan") => {
            Role::Aside
        }
        _ if matches!(
            names,
            ["Value"] | ["TableId", "Key", "Value"] | ["Ordinal", "Kind", "Name", "Id", "PrettyName"]
        ) =>
        {
            Role::Aside
        }
        _ => Role::Rows,
    }
}

/// What a row of a status table says went wrong.
pub fn failure_in(status: &str) -> Option<String> {
    let status: Map<String, Value> = serde_json::from_str(status).ok()?;
    let description =
        ["StatusDescription", "StatusCodeName"].iter().find_map(|key| status.get(*key)?.as_str());
    let description = description.unwrap_or("no description").to_owned();
    let severity = status.get("Severity").or(status.get("Level")).and_then(Value::as_i64);
    let name = status.get("SeverityName").or(status.get("LevelName")).and_then(Value::as_str);
    let is_done = status.get("StatusCode").and_then(Value::as_i64) == Some(0);
    let is_grave =
        severity.is_some_and(|severity| severity <= 2) || matches!(name, Some("Error" | "Critical"));
    (is_grave && !is_done).then_some(description)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(columns: &str, kind: Option<&str>) -> Option<Table> {
        Table::read(serde_json::from_str(columns).unwrap(), kind)
    }

    #[test]
    fn cells_get_the_names_of_their_columns() {
        let columns = r#"[{"name":"a","type":"string"},{"ColumnName":"say \"b\"","DataType":"String"}]"#;
        let table = table(columns, None).unwrap();
        let rows = [
            (r#"["x, [y]", {"z": [1]}]"#, Ok(r#"{"a":"x, [y]","say \"b\"":{"z": [1]}}"#)),
            (r#"[1]"#, Err("a row of 1 cells in a table of 2 columns")),
            (r#"[1,2,3]"#, Err("a row of 3 cells in a table of 2 columns")),
        ];
        for (row, expected) in rows {
            let mut object = String::new();
            let zipped =
                table.zip(row, &mut object).map(|()| object.as_str()).map_err(|reason| reason.to_owned());
            assert_eq!(zipped, expected.map_err(str::to_owned), "{row}");
        }
    }

    #[test]
    fn columns_that_cannot_be_read_make_no_table() {
        for columns in ["{}", "[1]", r#"[{"type":"string"}]"#, r#"[{"name":1}]"#] {
            assert_eq!(table(columns, None), None, "{columns}");
        }
        let many = format!("[{}]", vec![r#"{"name":"a"}"#; MOST_COLUMNS + 1].join(","));
        assert_eq!(table(&many, None), None);
        let long = format!(r#"[{{"name":"{}"}}]"#, "a".repeat(LONGEST_COLUMNS));
        assert_eq!(table(&long, None), None);
    }

    #[test]
    fn what_an_answer_says_of_itself_is_no_data() {
        let role = |names: &[&str], kind| {
            let columns: Vec<Value> = names.iter().map(|name| serde_json::json!({ "name": name })).collect();
            table(&Value::from(columns).to_string(), kind).unwrap().role
        };
        assert_eq!(role(&["Value"], None), Role::Aside);
        assert_eq!(role(&["Ordinal", "Kind", "Name", "Id", "PrettyName"], None), Role::Aside);
        assert_eq!(role(&["Value", "DeviceId"], None), Role::Rows);
        assert_eq!(role(&["Timestamp", "Severity", "SeverityName", "StatusCode"], None), Role::Status);
        assert_eq!(role(&["Value"], Some("PrimaryResult")), Role::Rows);
        assert_eq!(role(&["x"], Some("QueryProperties")), Role::Aside);
    }

    #[test]
    fn a_failure_is_told_from_the_steps_of_a_query_that_went_well() {
        let table = [
            (
                r#"{"Severity":4,"SeverityName":"Info","StatusCode":0,"StatusDescription":"Query completed"}"#,
                None,
            ),
            (
                r#"{"Severity":2,"SeverityName":"Error","StatusCode":-1,"StatusDescription":"too large"}"#,
                Some("too large"),
            ),
            (
                r#"{"Level":2,"LevelName":"Error","StatusCode":80,"StatusCodeName":"E_QUERY"}"#,
                Some("E_QUERY"),
            ),
            (r#"{"Severity":2,"StatusCode":0}"#, None),
        ];
        for (status, expected) in table {
            assert_eq!(failure_in(status).as_deref(), expected, "{status}");
        }
    }
}
