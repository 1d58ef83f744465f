//! Hunts, and their rules in numbers.

use super::super::{Column, Value, When};
use super::{Sheet, text, time};
use crate::findings::{FEWEST_VERDICTS, Hunt, RuleNumbers};

/// Hunts.
pub const HUNTS: Sheet<Hunt> = Sheet { kind: "hunts", columns: hunt_columns, row: hunt_row };

fn hunt_columns() -> Vec<Column> {
    vec![
        Column::new("id", "Id"),
        Column::new("name", "Hunt"),
        Column::data_only("hypothesis"),
        Column::new("status", "Status"),
        Column::new("hypothesisStatus", "Hypothesis"),
        Column::new("lookback", "Lookback").when(When::Filled),
        Column::new("reopen", "Reopens"),
        Column::new("owner", "Owner").when(When::Filled),
        Column::new("openedAt", "Opened"),
        Column::data_only("rules"),
    ]
}

fn hunt_row(hunt: &Hunt) -> Vec<Value> {
    vec![
        text(&hunt.id.to_string()),
        text(&hunt.name),
        text(&hunt.hypothesis),
        Value::shown(hunt.status.name(), hunt.status.shown()),
        Value::shown(hunt.hypothesis_status.name(), hunt.hypothesis_status.shown()),
        hunt.lookback.map(|span| span.to_string()).into(),
        Value::shown(hunt.reopen.name(), hunt.reopen.shown()),
        text(&hunt.owner),
        time(hunt.opened_at),
        Value::List(hunt.rules.iter().map(|rule| rule.name.clone()).collect()),
    ]
}

/// A hunt's rules in numbers.
pub const RULES_OF_HUNT: Sheet<RuleNumbers> = Sheet { kind: "rules", columns: rule_columns, row: rule_row };

fn rule_columns() -> Vec<Column> {
    vec![
        Column::new("name", "Rule"),
        Column::new("findings", "Findings"),
        Column::new("verdicts", "Verdicts"),
        Column::new("falsePositiveShare", "False positives"),
        Column::new("reopen", "Reopens").when(When::Filled),
    ]
}

fn rule_row(rule: &RuleNumbers) -> Vec<Value> {
    let share = match rule.false_positive_share {
        Some(share) => Value::shown(share, format!("{:.0} %", share * 100.0)),
        None => Value::shown(Value::Null, format!("withheld, below {FEWEST_VERDICTS} verdicts")),
    };
    let reopen = match rule.reopen {
        Some(reopen) => Value::shown(reopen.name(), reopen.shown()),
        None => Value::Null,
    };
    vec![text(&rule.name), rule.findings.into(), rule.verdicts.into(), share, reopen]
}
