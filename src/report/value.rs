//! One cell, and its text in each format.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

/// One cell of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No value: empty in tables and CSV, `null` in JSON.
    Null,
    /// A whole number.
    Integer(i64),
    /// Any other number. JSON has no infinity and no NaN: there they are `null`.
    Real(f64),
    /// `true` or `false`, in every format.
    Bool(bool),
    /// Text, as it was recorded.
    Text(String),
    /// Several texts: separated by `, ` in tables, a JSON array in CSV.
    List(Vec<String>),
    /// A structured value: compact JSON text in tables and CSV.
    Json(serde_json::Value),
    /// A value that people are shown otherwise than programs.
    Shown {
        /// The value in CSV, JSON and JSONL. A number makes the cell a number in tables too.
        data: Box<Self>,
        /// The text in tables.
        table: String,
    },
}

impl Value {
    /// Makes a cell with one value for programs and another text for tables.
    pub fn shown(data: impl Into<Self>, table: impl Into<String>) -> Self {
        Self::Shown { data: Box::new(data.into()), table: table.into() }
    }

    /// Says whether the cell is a number, which tables align to the right.
    pub(super) fn is_number(&self) -> bool {
        match self {
            Self::Integer(_) | Self::Real(_) => true,
            Self::Shown { data, .. } => data.is_number(),
            _ => false,
        }
    }

    /// Says whether the cell is empty for want of a value.
    pub(super) fn is_null(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Shown { data, .. } => data.is_null(),
            _ => false,
        }
    }

    /// Gives the text for tables, not yet made printable.
    pub(super) fn table_text(&self) -> Cow<'_, str> {
        match self {
            Self::List(items) => Cow::Owned(items.join(", ")),
            Self::Shown { table, .. } => Cow::Borrowed(table),
            other => other.data_text(),
        }
    }

    /// Gives the text for CSV.
    ///
    /// With `formula_guard`, text that a spreadsheet would read as a formula gets a leading `'`.
    /// Numbers do not: `-1` stays `-1`.
    pub(super) fn csv_text(&self, formula_guard: bool) -> Cow<'_, str> {
        match self {
            Self::Text(text) if formula_guard => guard_formula(text),
            Self::Shown { data, .. } => data.csv_text(formula_guard),
            other => other.data_text(),
        }
    }

    fn data_text(&self) -> Cow<'_, str> {
        match self {
            Self::Null => Cow::Borrowed(""),
            Self::Integer(number) => Cow::Owned(number.to_string()),
            // Debug, since Display writes 1e300 in three hundred digits and 1.0 as 1.
            Self::Real(number) => Cow::Owned(format!("{number:?}")),
            Self::Bool(true) => Cow::Borrowed("true"),
            Self::Bool(false) => Cow::Borrowed("false"),
            Self::Text(text) => Cow::Borrowed(text),
            Self::List(items) => Cow::Owned(serde_json::Value::from(items.as_slice()).to_string()),
            Self::Json(value) => Cow::Owned(value.to_string()),
            Self::Shown { data, .. } => data.data_text(),
        }
    }
}

/// Puts `'` before text that a spreadsheet would read as a formula, and before text that looks as if that was done: so what
/// was there can be read back.
///
/// Source: <https://owasp.org/www-community/attacks/CSV_Injection>.
pub(super) fn guard_formula(text: &str) -> Cow<'_, str> {
    if text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Real(number) => serializer.serialize_f64(*number),
            Self::Bool(truth) => serializer.serialize_bool(*truth),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => items.serialize(serializer),
            Self::Json(value) => value.serialize(serializer),
            Self::Shown { data, .. } => data.serialize(serializer),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<String>> for Value {
    fn from(items: Vec<String>) -> Self {
        Self::List(items)
    }
}

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        Self::Json(value)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_cell_has_its_text_in_each_format() {
        // value, table, CSV, JSON
        let cases: Vec<(Value, &str, &str, &str)> = vec![
            (Value::Null, "", "", "null"),
            (None::<i64>.into(), "", "", "null"),
            (i64::MIN.into(), "-9223372036854775808", "-9223372036854775808", "-9223372036854775808"),
            (1.0.into(), "1.0", "1.0", "1.0"),
            (1e300.into(), "1e300", "1e300", "1e+300"),
            (f64::INFINITY.into(), "inf", "inf", "null"),
            (true.into(), "true", "true", "true"),
            ("".into(), "", "", r#""""#),
            ("a\"b".into(), "a\"b", "a\"b", r#""a\"b""#),
            (
                vec!["T1059".to_owned(), "T1027".to_owned()].into(),
                "T1059, T1027",
                r#"["T1059","T1027"]"#,
                r#"["T1059","T1027"]"#,
            ),
            (Vec::<String>::new().into(), "", "[]", "[]"),
            (json!({"a": [1, null]}).into(), r#"{"a":[1,null]}"#, r#"{"a":[1,null]}"#, r#"{"a":[1,null]}"#),
            (Value::shown("inProgress", "In progress"), "In progress", "inProgress", r#""inProgress""#),
            (Value::shown(None::<i64>, "never"), "never", "", "null"),
        ];
        for (value, table, csv, json) in cases {
            assert_eq!(value.table_text(), table, "{value:?}");
            assert_eq!(value.csv_text(true), csv, "{value:?}");
            assert_eq!(serde_json::to_string(&value).unwrap(), json, "{value:?}");
        }
    }

    #[test]
    fn only_text_is_guarded_against_being_a_formula() {
        let cases: Vec<(Value, &str)> = vec![
            ("=cmd|'/c calc'!A1".into(), "'=cmd|'/c calc'!A1"),
            ("+1".into(), "'+1"),
            ("-enc AAAA".into(), "'-enc AAAA"),
            ("@SUM(A1)".into(), "'@SUM(A1)"),
            ("\t=1".into(), "'\t=1"),
            ("\r=1".into(), "'\r=1"),
            ("'=1".into(), "''=1"),
            ("'a=1".into(), "'a=1"),
            ("a=1".into(), "a=1"),
            (" =1".into(), " =1"),
            ((-1).into(), "-1"),
            ((-1.5).into(), "-1.5"),
            (Value::shown("=1", "one"), "'=1"),
        ];
        for (value, guarded) in cases {
            assert_eq!(value.csv_text(true), guarded, "{value:?}");
            assert_eq!(value.csv_text(false), value.data_text(), "{value:?}");
        }
    }
}
