//! The finding on the screen, with what belongs to it.

use super::behaviour::{Behaviour, group};
use super::desk::Setting;
use crate::error::Result;
use crate::findings::{
    Finding, FindingId, HistoryEntry, Note, Subject, find_finding, list_evidence, list_finding_history,
    list_notes,
};
use crate::rules::Rule;

/// The finding on the screen.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The finding itself.
    pub finding: Finding,
    /// Its rule, where that is at hand.
    pub rule: Option<&'a Rule>,
    /// Its events, those seen last first.
    pub behaviours: Vec<Behaviour>,
    /// Its notes, in the order in which they were written.
    pub notes: Vec<Note>,
    /// Its changes, in the order in which they were made.
    pub history: Vec<HistoryEntry>,
}

impl<'a> Shown<'a> {
    /// Reads a finding as it is now, since others may work on the same case.
    ///
    /// # Errors
    /// It is not there, or the case's database.
    pub fn load(setting: Setting<'a>, id: FindingId) -> Result<Self> {
        let Setting { case, rules, analyst, .. } = setting;
        let finding = find_finding(case, id, analyst)?;
        Ok(Self {
            rule: rules.find(&finding.rule).ok(),
            behaviours: group(list_evidence(case, id, analyst)?),
            notes: list_notes(case, Subject::Finding(id))?,
            history: list_finding_history(case, id)?,
            finding,
        })
    }
}
