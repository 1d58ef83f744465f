//! Up to which event and time each rule has been asked, so that finding nothing is told from not having looked.

mod tables;

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::error::Result;
use crate::event::Timestamp;
use crate::rules::{Unjudged, list_runs};
use crate::store::Case;

use tables::{RuleRow, count_events, last_time, list_rules};

/// How far a rule has been asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleAsked {
    /// The rule.
    pub rule: String,
    /// How many events of the case it has looked at, in the text with which it last ran.
    pub events_asked: i64,
    /// How many it has not looked at: they arrived later, or it failed.
    pub events_unasked: i64,
    /// It was asked about events after this; None where nothing narrowed it.
    pub window_start: Option<Timestamp>,
    /// Up to when it has been asked: the time of the newest event that it has looked at, or the end of its window where that
    /// is earlier. None where it has looked at none.
    pub asked_until: Option<Timestamp>,
    /// The run in which it last ran.
    pub run_id: i64,
    /// Whether that is the last run.
    pub is_of_last_run: bool,
    /// Why it failed then; None where it did not.
    pub failure: Option<String>,
    /// How many events it could not judge in the last run, since they lack a column that it needs.
    pub events_unjudged: i64,
}

/// How far every rule that ever ran has been asked, in the order of names. `unjudged` is what those of the last run could
/// not judge; times are those up to `now`.
///
/// # Errors
/// The case's database.
pub fn list_rules_asked(case: &Case, unjudged: &[Unjudged], now: Timestamp) -> Result<Vec<RuleAsked>> {
    let connection = case.connection();
    let Some(last_run) = list_runs(case)?.last().map(|run| run.id) else { return Ok(Vec::new()) };
    // Most rules have looked at the same events.
    let mut looks = BTreeMap::new();
    let mut rules = Vec::new();
    for rule in list_rules(connection)? {
        let look = match looks.get(&rule.looked_event_id) {
            Some(look) => *look,
            None => Look::up_to(connection, rule.looked_event_id, now)?,
        };
        looks.insert(rule.looked_event_id, look);
        rules.push(rule.asked(look, last_run, unjudged));
    }
    Ok(rules)
}

/// What there is up to an event by arrival.
#[derive(Debug, Clone, Copy)]
struct Look {
    events: i64,
    unasked: i64,
    last: Option<Timestamp>,
}

impl Look {
    fn up_to(connection: &Connection, event_id: i64, now: Timestamp) -> Result<Self> {
        let (events, unasked) = count_events(connection, event_id)?;
        let last = if event_id == 0 { None } else { last_time(connection, event_id, now)? };
        Ok(Self { events, unasked, last })
    }
}

impl RuleRow {
    fn asked(self, look: Look, last_run: i64, unjudged: &[Unjudged]) -> RuleAsked {
        let is_of_last_run = self.run_id == last_run;
        let of_rule = unjudged.iter().find(|of| is_of_last_run && of.rule == self.rule);
        RuleAsked {
            events_asked: look.events - look.unasked,
            events_unasked: look.unasked,
            window_start: self.window_start,
            asked_until: look.last.map(|last| self.window_end.map_or(last, |end| end.min(last))),
            run_id: self.run_id,
            is_of_last_run,
            failure: self.failure,
            events_unjudged: of_rule.map_or(0, |of| of.events),
            rule: self.rule,
        }
    }
}
