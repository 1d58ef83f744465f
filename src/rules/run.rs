//! Running rules: each looks once at every event, by arrival, so that late events are never missed.
//!
//! What a rule matches is kept apart from the window, so that another window needs no second reading. A rule
//! reads everything again only when it asks something else.

use super::evaluating::find_matches;
use super::rule::{Rule, Window};
use super::tables::{
    Known, RuleRun, count_events, doubt_matches, insert_rule_run, insert_run, keep_match, know_rule,
    last_arrivals, update_looked,
};
use crate::error::Result;
use crate::event::{Span, Timestamp};
use crate::store::{Case, Transaction};

/// Who runs the rules, when, and what narrows the window.
#[derive(Clone, Copy)]
pub struct RunRequest<'a> {
    /// The analyst.
    pub by: &'a str,
    /// The present.
    pub at: Timestamp,
    /// The end of the window; None: it has none.
    pub as_of: Option<Timestamp>,
    /// How far back the window goes; None: as the rule's hunt says, or to the first event.
    pub lookback: Option<Span>,
    /// The newest event that is not in the future, from which a lookback counts where the window has no end.
    pub newest: Timestamp,
    /// Milliseconds since some moment before the run.
    pub stopwatch: &'a dyn Fn() -> i64,
}

impl RunRequest<'_> {
    /// The instant that the rules are asked as of.
    pub fn instant(&self) -> Timestamp {
        self.as_of.unwrap_or(self.newest)
    }

    /// The window that the rules of a hunt are asked about, which may have a lookback of its own. Each rule looks at one
    /// event at a time, so that a rule's own lookback narrows nothing.
    pub fn window(&self, of_hunt: Option<Span>) -> Window {
        let lookback = self.lookback.or(of_hunt);
        Window { start: lookback.map(|lookback| self.instant().minus(lookback)), end: self.as_of }
    }
}

/// A rule that looked at all there was to look at.
pub(crate) struct RuleLook<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// Its number in the case.
    pub rule_id: i64,
    /// Its version's number in the case.
    pub version_id: i64,
    /// The window asked about.
    pub window: Window,
    /// The completions after the first and up to the second came since it last looked.
    pub completed: (i64, i64),
}

/// Begins the record of a run, within the caller's transaction; gives its number.
pub(crate) fn begin_run(case: &Case, request: &RunRequest<'_>) -> Result<i64> {
    insert_run(case.connection(), request.at, request.by, request.instant())
}

/// Lets rules look at what is new, each with the window it is asked about. Gives those that looked, and why others
/// failed; the broken ones of the catalogue fail first.
pub(crate) fn look_with_rules<'r>(
    case: &Case,
    run_id: i64,
    broken: &[(String, String)],
    rules: &[(&'r Rule, Window)],
    request: &RunRequest<'_>,
) -> Result<(Vec<RuleLook<'r>>, Vec<String>)> {
    let connection = case.connection();
    let (mut looks, mut failures) = (Vec::new(), Vec::new());
    for (name, cause) in broken {
        let run = RuleRun { failure: Some(cause.clone()), ..nothing_done(run_id, name) };
        insert_rule_run(connection, &run, None)?;
        failures.push(cause.clone());
    }
    for (rule, window) in rules {
        let started = (request.stopwatch)();
        let known = know_rule(connection, rule, request.at)?;
        let looked = look(case, rule, &known);
        let duration_ms = (request.stopwatch)() - started;
        let done = RuleRun { duration_ms, window: *window, ..nothing_done(run_id, &rule.head.name) };
        let done = match looked {
            Ok(looked) => {
                let Known { rule_id, version_id, looked_completion_id, .. } = known;
                let completed = (looked_completion_id, looked.last_completion);
                looks.push(RuleLook { rule, rule_id, version_id, window: *window, completed });
                RuleRun { events_looked_at: looked.events, matches: looked.matches, ..done }
            }
            Err(error) => {
                failures.push(format!("{}: {error}", rule.head.name));
                RuleRun { failure: Some(error.to_string()), ..done }
            }
        };
        insert_rule_run(connection, &done, Some(known.version_id))?;
    }
    Ok((looks, failures))
}

fn nothing_done(run_id: i64, rule: &str) -> RuleRun {
    RuleRun {
        run_id,
        rule: rule.to_owned(),
        sha256: None,
        window: Window::default(),
        events_looked_at: 0,
        matches: 0,
        duration_ms: 0,
        failure: None,
    }
}

/// What a rule looked at.
struct Looked {
    events: i64,
    /// New ones.
    matches: i64,
    last_completion: i64,
}

/// Looks at the events that arrived or were filled since the rule last looked; keeps nothing when the rule fails.
fn look(case: &Case, rule: &Rule, known: &Known) -> Result<Looked> {
    let connection = case.connection();
    let last @ (last_event, last_completion) = last_arrivals(connection)?;
    let mut looked = Looked { events: 0, matches: 0, last_completion };
    if last == (known.looked_event_id, known.looked_completion_id) {
        return Ok(looked);
    }
    let savepoint = Transaction::savepoint(connection)?;
    doubt_matches(connection, known.version_id, known.looked_completion_id, last_completion)?;
    for which in known.unlooked(last) {
        let count = count_events(connection, which)?;
        if count > 0 {
            looked.events += count;
            find_matches(case, rule, which, &mut |event_id, reason| {
                looked.matches += i64::from(keep_match(connection, known.version_id, event_id, reason)?);
                Ok(())
            })?;
        }
    }
    update_looked(connection, known.version_id, last_event, last_completion)?;
    savepoint.keep()?;
    Ok(looked)
}
