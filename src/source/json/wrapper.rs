//! What stands around rows in an answer: columns, errors, and what kind of frame it is.
//!
//! Sources: <https://learn.microsoft.com/en-us/azure/azure-monitor/logs/api/response-format>,
//! <https://learn.microsoft.com/en-us/kusto/api/rest/response>,
//! <https://learn.microsoft.com/en-us/kusto/api/rest/response-v2>.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::scan::ROW_KEYS;
use super::table::Table;

/// The most characters that are repeated of what a service said.
const MOST_SAID: usize = 200;

/// What a message says besides its rows.
#[derive(Debug, Default)]
pub struct Wrapper {
    /// `FrameType`, in Kusto's second version.
    pub frame: Option<String>,
    /// `TableId`.
    pub id: Option<u64>,
    /// Whether its rows take the place of those that came before.
    pub replaces: bool,
    /// Its columns, if they can be read.
    pub table: Option<Arc<Table>>,
    /// What went wrong, in the service's words.
    pub trouble: Option<String>,
    /// Whether it has an `error` that is an object.
    has_error: bool,
    /// Whether it has a key that only a row has.
    pub is_row: bool,
}

impl Wrapper {
    /// Reads the members of an object. None where it is no object.
    pub fn read(text: &str) -> Option<Self> {
        let Members(members) = serde_json::from_str(text).ok()?;
        let mut wrapper = Self::default();
        let mut columns = Vec::new();
        let mut kind = None;
        for (key, value) in &members {
            wrapper.is_row |= is_key_of_row(key);
            match key.to_ascii_lowercase().as_str() {
                "columns" => columns.push(*value),
                "tablekind" => kind = text_of(value),
                "frametype" => wrapper.frame = text_of(value),
                "tableid" => wrapper.id = value.get().parse().ok(),
                "tablefragmenttype" => wrapper.replaces = text_of(value).as_deref() == Some("DataReplace"),
                "error" => {
                    wrapper.has_error = value.get().starts_with('{');
                    wrapper.see_trouble(value);
                }
                "oneapierrors" | "exceptions" => wrapper.see_trouble(value),
                "haserrors" | "cancelled" if value.get() == "true" => wrapper.see_flag(key),
                _ => {}
            }
        }
        // Nobody knows which of two lists of columns is meant.
        if let [columns] = columns.as_slice() {
            wrapper.table = Table::read(columns, kind.as_deref()).map(Arc::new);
        }
        Some(wrapper)
    }

    /// Whether it is no row, though no array of rows was found in it.
    pub fn is_no_row(&self) -> bool {
        let is_frame =
            self.frame.as_deref().is_some_and(|frame| frame.starts_with("DataSet") || is_table(frame));
        !self.is_row && (is_frame || self.has_error)
    }

    fn see_trouble(&mut self, value: &RawValue) {
        if let Some(said) = serde_json::from_str(value.get()).ok().as_ref().and_then(said_in) {
            self.trouble = Some(shorten(&said));
        }
    }

    fn see_flag(&mut self, key: &str) {
        self.trouble.get_or_insert_with(|| format!("{key} is true"));
    }
}

/// Keys that are looked at, besides those that only a row has and those of trouble.
const KEYS: [&str; 5] = ["columns", "tablekind", "frametype", "tableid", "tablefragmenttype"];

/// Those under which a service says that something went wrong.
const TROUBLES: [&str; 5] = ["error", "oneapierrors", "exceptions", "haserrors", "cancelled"];

/// Whether a text that cannot be read has a key of trouble, whatever it says of it.
pub fn names_trouble(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    TROUBLES.iter().any(|key| text.contains(&format!("\"{key}")))
}

fn is_key_of_row(key: &str) -> bool {
    ROW_KEYS.iter().any(|of_row| of_row.eq_ignore_ascii_case(key))
}

fn is_known(key: &str) -> bool {
    is_key_of_row(key) || KEYS.iter().chain(&TROUBLES).any(|known| known.eq_ignore_ascii_case(key))
}

fn is_table(frame: &str) -> bool {
    matches!(frame, "DataTable" | "TableHeader" | "TableFragment" | "TableProgress" | "TableCompletion")
}

fn text_of(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

/// What a service says in an error: its code, its message, and the first of its details, which has the cause. None where
/// there is nothing.
fn said_in(error: &Value) -> Option<String> {
    match error {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Array(errors) => errors.iter().find_map(said_in),
        Value::Object(members) if !members.is_empty() => {
            let text =
                |key: &str| members.get(key)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
            let details = members.get("details").and_then(said_in);
            let said = [text("code"), text("@message").or(text("message")), details];
            let said: Vec<String> = said.into_iter().flatten().collect();
            match said.is_empty() {
                false => Some(said.join(": ")),
                true => members.get("error").and_then(said_in).or_else(|| Some(error.to_string())),
            }
        }
        _ => None,
    }
}

/// A text in quotes, on one line, without the end of a long one.
pub fn shorten(text: &str) -> String {
    let mut start: String = text.chars().take(MOST_SAID).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    format!("{start:?}")
}

/// The members of an object in their order, those of one name too.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry::<String, &RawValue>()? {
                    // Whoever writes an answer chooses how many there are.
                    if is_known(&member.0) {
                        members.push(member);
                    }
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Reader).map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_in_the_words_of_the_service() {
        let table = [
            (
                r#"{"error":{"code":"PartialError","message":"Some\nfailed"}}"#,
                Some(r#""PartialError: Some\nfailed""#),
            ),
            (r#"{"ERROR":{"code":"429"}}"#, Some(r#""429""#)),
            (
                r#"{"error":{"code":"PartialError","details":[{"message":"more than 500000 records"}]}}"#,
                Some(r#""PartialError: more than 500000 records""#),
            ),
            (
                r#"{"OneApiErrors":[{"error":{"code":"Limits","@message":"too many"}}]}"#,
                Some(r#""Limits: too many""#),
            ),
            (r#"{"Exceptions":["out of memory"]}"#, Some(r#""out of memory""#)),
            (r#"{"HasErrors":true,"Cancelled":false}"#, Some("HasErrors is true")),
            (r#"{"HasErrors":false,"Cancelled":true}"#, Some("Cancelled is true")),
            (r#"{"HasErrors":false,"Cancelled":false,"OneApiErrors":[]}"#, None),
            (r#"{"error":null}"#, None),
            (r#"{"error":{}}"#, None),
        ];
        for (text, expected) in table {
            assert_eq!(Wrapper::read(text).unwrap().trouble.as_deref(), expected, "{text}");
        }
        let long = format!(r#"{{"error":"{}"}}"#, "é".repeat(2 * MOST_SAID));
        let said = Wrapper::read(&long).unwrap().trouble.unwrap();
        assert_eq!(said, format!("\"{}…\"", "é".repeat(MOST_SAID)));
    }

    #[test]
    fn a_row_stays_a_row_whatever_its_columns_are_called() {
        let table = [
            (r#"{"error":{"code":"x"}}"#, true),
            (r#"{"FrameType":"DataSetHeader"}"#, true),
            (r#"{"FrameType":"TableProgress"}"#, true),
            (r#"{"FrameType":"Ethernet"}"#, false),
            (r#"{"error":"x"}"#, false),
            (r#"{"error":{"code":"x"},"Timestamp":"t"}"#, false),
            (r#"{"FrameType":"DataTable","DeviceId":"d"}"#, false),
        ];
        for (text, expected) in table {
            assert_eq!(Wrapper::read(text).unwrap().is_no_row(), expected, "{text}");
        }
    }

    #[test]
    fn of_two_lists_of_columns_none_counts() {
        let columns = r#""columns":[{"name":"a"}]"#;
        assert!(Wrapper::read(&format!("{{{columns}}}")).unwrap().table.is_some());
        assert!(Wrapper::read(&format!("{{{columns},{columns}}}")).unwrap().table.is_none());
    }
}
