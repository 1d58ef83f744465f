//! Rules.

use super::super::{Column, Value};
use super::{Sheet, text};
use crate::rules::{Origin, Rule};

/// Rules.
pub const RULES: Sheet<Rule> = Sheet { kind: "rules", columns: rule_columns, row: rule_row };

fn rule_columns() -> Vec<Column> {
    vec![
        Column::new("name", "Rule"),
        Column::data_only("id"),
        Column::data_only("version"),
        Column::new("severity", "Severity"),
        Column::new("status", "Status"),
        Column::new("lookback", "Lookback"),
        Column::data_only("tactics"),
        Column::data_only("techniques"),
        Column::data_only("dataSource"),
        Column::data_only("hypothesis"),
        Column::data_only("description"),
        Column::data_only("falsePositives"),
        Column::data_only("references"),
        Column::data_only("sha256"),
        Column::new("origin", "Origin"),
    ]
}

fn rule_row(rule: &Rule) -> Vec<Value> {
    let head = &rule.head;
    vec![
        text(&head.name),
        text(&head.id),
        text(&head.version),
        text(head.severity.name()),
        text(&head.status),
        text(&head.lookback.to_string()),
        Value::List(head.tactics.clone()),
        Value::List(head.techniques.clone()),
        text(&head.data_source),
        text(&head.hypothesis),
        text(&head.description),
        text(&head.false_positives),
        Value::List(head.references.clone()),
        text(&rule.sha256),
        match &rule.origin {
            Origin::Shipped => text("shipped"),
            Origin::File(path) => text(&path.display().to_string()),
            Origin::Case => text("case"),
        },
    ]
}
