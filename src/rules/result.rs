//! The table that a rule gives: its own result, or the events that it found.

use super::evaluating::find_matches;
use super::rule::{Rule, Window};
use super::tables::{Matched, answer_result, find_rule, last_arrivals, list_matches};
use crate::error::Result;
use crate::store::{Answer, Case};

/// Gives what a rule's result is over `window`: the rows of its own result, or without one the events found, in the
/// order of time, with the rule's own columns.
///
/// Reads what earlier runs matched, and looks itself at events that no run has looked at.
///
/// # Errors
/// The rule fails, or the case's database.
pub fn answer_rule(case: &Case, rule: &Rule, window: Window, answer: &mut impl Answer) -> Result<()> {
    let connection = case.open_read_only()?;
    let known = find_rule(&connection, rule)?;
    let mut matched = match known {
        Some(known) => list_matches(&connection, &known)?,
        None => Matched::new(),
    };
    for which in known.unwrap_or_default().unlooked(last_arrivals(&connection)?) {
        find_matches(case, rule, which, &mut |event_id, reason| {
            matched.insert(event_id, reason.to_owned());
            Ok(())
        })?;
    }
    let result = rule.result.clone().unwrap_or_else(|| events_found(&rule.columns));
    answer_result(&connection, &result, &matched, window, answer)
}

/// The query of the events found: when, where, and the rule's own columns.
fn events_found(columns: &[String]) -> String {
    let own = columns.iter().map(|name| {
        let (text, column) = (name.replace('\'', "''"), name.replace('"', "\"\""));
        format!(", reason ->> '{text}' AS \"{column}\"")
    });
    format!(
        "SELECT Timestamp, DeviceId, DeviceName{} FROM matched ORDER BY ticks, DeviceId, DeviceName, ReportId, event_id",
        own.collect::<String>()
    )
}
