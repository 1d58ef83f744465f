//! Suppressions.

use super::super::{Column, Value, When};
use super::{Sheet, optional_time, rule_name, text, time};
use crate::event::Timestamp;
use crate::findings::{Action, Suppression};

/// Suppressions, each as it stands at an instant.
pub const SUPPRESSIONS: Sheet<(Suppression, Timestamp)> =
    Sheet { kind: "suppressions", columns: suppression_columns, row: suppression_row };

fn suppression_columns() -> Vec<Column> {
    vec![
        Column::new("id", "Id"),
        Column::new("state", "State"),
        Column::new("rule", "Rule").when(When::Varying),
        Column::new("scope", "Covers"),
        Column::data_only("device"),
        Column::data_only("account"),
        Column::data_only("commandOperator"),
        Column::data_only("commandText"),
        Column::new("action", "Action"),
        Column::data_only("classification"),
        Column::data_only("determination"),
        Column::new("events", "Events"),
        Column::data_only("eventsHidden"),
        Column::new("expiresAt", "Expires"),
        Column::data_only("liftedAt"),
        Column::new("why", "Why"),
        Column::new("by", "By"),
        Column::data_only("at"),
    ]
}

fn suppression_row((suppression, at): &(Suppression, Timestamp)) -> Vec<Value> {
    let scope = &suppression.scope;
    let command = scope.command.as_ref();
    let action = match suppression.action {
        Action::Hide => "hide".to_owned(),
        Action::Resolve => format!("resolve: {}", suppression.classification.shown()),
    };
    vec![
        text(&suppression.id.to_string()),
        text(suppression.state(*at)),
        rule_name(&suppression.rule),
        text(&scope.to_string()),
        scope.device.as_ref().map(|(_, name)| name.clone()).into(),
        scope.account.clone().into(),
        command.map(|command| command.operator.clone()).into(),
        command.map(|command| command.text.clone()).into(),
        Value::shown(suppression.action.name(), action),
        text(suppression.classification.name()),
        text(suppression.determination.name()),
        suppression.events.into(),
        suppression.hidden_events.into(),
        suppression.expires_at.map_or_else(|| Value::shown(Value::Null, "never"), time),
        optional_time(suppression.lifted_at),
        text(&suppression.why),
        text(&suppression.by),
        time(suppression.at),
    ]
}
