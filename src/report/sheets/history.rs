//! The history of changes.

use super::super::{Column, Value, When, value_in_words};
use super::{Sheet, rule_name, text, time};
use crate::findings::{HistoryEntry, Subject};

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
        Column::data_only("bySuppression"),
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
        Value::shown(entry.why.as_str(), entry.why_in_words()),
        entry.by_suppression.map(|id| id.to_string()).into(),
    ]
}

/// A value for people; the start of a long one.
fn shown(entry: &HistoryEntry, value: &str) -> String {
    let words = value_in_words(entry, value);
    if words.chars().count() <= VALUE_SHOWN {
        return words;
    }
    let start: String = words.chars().take(VALUE_SHOWN).collect();
    start + "…"
}
