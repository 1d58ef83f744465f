//! What a case cannot speak of: where nothing was found because nothing was looked at.

mod tables;

use super::HuntId;
use crate::error::Result;
use crate::findings::hunt::list_rules_of_case;
use crate::rules::{Unjudged, last_run, list_rule_runs, list_unjudged};
use crate::source::Notice;
use crate::store::{Case, Import};

pub use tables::{Outside, each_outside};

/// What stands between "nothing was found" and "there is nothing".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Matches of rules that are in no finding, since a window left them out: the rules by name, with how many.
    pub outside: Vec<(String, i64)>,
    /// What the rules of the last run could not judge.
    pub unjudged: Vec<Unjudged>,
    /// Events that came, or were filled, after the last that every rule was asked about.
    pub events_unasked: i64,
    /// Events that came after the last that every rule of a closed hunt was asked about.
    pub events_unasked_of_closed: i64,
    /// Rules that failed in the last run, by name.
    pub rules_failed: Vec<String>,
    /// Rows of exports that are no events.
    pub rows_rejected: i64,
    /// Rows kept aside, since they contradict an event that the case has.
    pub rows_conflicting: i64,
    /// Rows behind one that broke inside a text, which may have been part of it.
    pub rows_recovered: i64,
    /// Imports whose service said that rows are missing, or that have as many rows as services give at most.
    pub imports_cut: i64,
    /// Events that were pruned before any rule had looked at them.
    pub events_pruned: i64,
}

impl Limits {
    /// How many matches are in no finding.
    pub fn matches_outside(&self) -> i64 {
        self.outside.iter().map(|(_, matches)| matches).sum()
    }
}

/// What a case, or the rules of one hunt in it, cannot speak of.
///
/// # Errors
/// The case's database.
pub fn find_limits(case: &Case, hunt: Option<HuntId>) -> Result<Limits> {
    let connection = case.connection();
    let untaken = tables::get_untaken(connection)?;
    let last = last_run(case)?.map(|run| run.id);
    let mut unjudged = last.map_or_else(|| Ok(Vec::new()), |run| list_unjudged(case, run))?;
    let runs = last.map_or_else(|| Ok(Vec::new()), |run| list_rule_runs(case, run))?;
    let failed = runs.into_iter().filter(|run| run.failure.is_some());
    let mut rules_failed: Vec<String> = failed.map(|run| run.rule).collect();
    if let Some(hunt) = hunt {
        let rules = list_rules_of_case(case)?;
        let is_of_hunt =
            |name: &String| rules.iter().any(|rule| rule.name == *name && rule.hunt == Some(hunt));
        unjudged.retain(|of| is_of_hunt(&of.rule));
        rules_failed.retain(is_of_hunt);
    }
    let is_cut = |import: &&Import| import.notices.iter().any(Notice::says_rows_are_missing);
    Ok(Limits {
        outside: tables::count_outside(connection, hunt)?,
        unjudged,
        events_unasked: tables::count_unasked(connection, hunt, false)?,
        events_unasked_of_closed: tables::count_unasked(connection, hunt, true)?,
        rules_failed,
        imports_cut: case.list_imports()?.iter().filter(is_cut).count() as i64,
        ..untaken
    })
}
