//! Matches that are in no finding.

use serde_json::{Value as Json, json};

use super::super::{Column, Value, When, why_in_words};
use super::{Sheet, rule_name, text, time};
use crate::findings::Outside;

/// Matches that a window left out of findings.
pub const OUTSIDE: Sheet<Outside> = Sheet { kind: "matches", columns: outside_columns, row: outside_row };

fn outside_columns() -> Vec<Column> {
    vec![
        Column::new("timestamp", "At"),
        Column::new("rule", "Rule").when(When::Varying),
        Column::data_only("deviceId"),
        Column::new("deviceName", "Device"),
        Column::data_only("fileName"),
        Column::new("processCommandLine", "Command line"),
        Column::new("reasons", "Why"),
        Column::data_only("ruleColumns"),
        Column::data_only("reportId"),
    ]
}

fn outside_row(outside: &Outside) -> Vec<Value> {
    vec![
        time(outside.time),
        rule_name(&outside.rule),
        text(&outside.device_id),
        text(&outside.device_name),
        text(&outside.file_name),
        text(&outside.command_line),
        Value::shown(Value::Json(json!(outside.why.reasons)), why_in_words(&outside.why)),
        Value::Json(Json::Object(outside.why.columns.clone())),
        outside.report_id.into(),
    ]
}
