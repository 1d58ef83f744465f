//! The history of changes.

use super::super::{Column, Value, When};
use super::{Sheet, rule_name, text, time};
use crate::findings::{HistoryEntry, Subject, review_state_of};

/// How many characters of a value tables show.
const VALUE_SHOWN: usize = 60;

/// Changes of single fields.
pub const HISTORY: Sheet<HistoryEntry> =
    Sheet { kind: "history", columns: history_columns, row: history_row };

fn history_columns() -> Vec<Column> {
    vec![
        Column::data_only("id"),
        Column::new("at", "At"),
        Column::new("by", "By"),
        Column::new("command", "Command"),
        Column::data_only("runId"),
        Column::data_only("operationId"),
        Column::data_only("kind"),
        Column::new("what", "What"),
        Column::new("hunt", "Hunt").when(When::Filled),
        Column::data_only("rule"),
        Column::data_only("deviceName"),
        Column::new("field", "Field"),
        Column::new("old", "Old").when(When::Filled),
        Column::new("new", "New"),
        Column::new("why", "Why").when(When::Filled),
    ]
}

fn history_row(entry: &HistoryEntry) -> Vec<Value> {
    let hunt = match entry.subject {
        Subject::Review(hunt, _) => Some(hunt),
        _ => None,
    };
    vec![
        entry.id.into(),
        time(entry.at),
        text(&entry.by),
        text(&entry.command),
        entry.run_id.into(),
        entry.operation.into(),
        text(entry.subject.kind()),
        match entry.subject {
            Subject::Rule(_) => rule_name(&entry.what),
            _ => text(&entry.what),
        },
        hunt.map(|id| id.to_string()).into(),
        text(&entry.rule),
        text(&entry.device_name),
        text(&entry.field),
        Value::shown(entry.old.as_str(), shown(entry, &entry.old)),
        Value::shown(entry.new.as_str(), shown(entry, &entry.new)),
        text(&entry.why),
    ]
}

/// A value for people.
fn shown(entry: &HistoryEntry, value: &str) -> String {
    match entry.field.as_str() {
        "review" => review_state_of(value).shown().to_owned(),
        _ if value.chars().count() > VALUE_SHOWN => {
            let start: String = value.chars().take(VALUE_SHOWN).collect();
            start + "…"
        }
        _ => value.to_owned(),
    }
}
