//! What a case cannot speak of: where nothing was found because nothing was looked at.

mod tables;

use super::HuntId;
use crate::error::Result;
use crate::rules::{Unjudged, last_run, list_unjudged};
use crate::store::Case;

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
    /// Rows of exports that are no events.
    pub rows_rejected: i64,
    /// Rows behind one that broke inside a text, which may have been part of it.
    pub rows_recovered: i64,
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
    Ok(Limits {
        outside: tables::count_outside(connection, hunt)?,
        unjudged: last_run(case)?.map_or_else(|| Ok(Vec::new()), |run| list_unjudged(case, run.id))?,
        events_unasked: tables::count_unasked(connection, hunt)?,
        ..untaken
    })
}
