//! The finding on the screen, with what belongs to it.

use std::collections::HashSet;

use super::group::{Group, group};
use super::setting::Setting;
use crate::error::Result;
use crate::findings::{
    Evidence, Finding, FindingId, HistoryEntry, Note, Present, Status, Subject, find_finding, list_evidence,
    list_finding_history, list_notes, mark_seen, present,
};
use crate::rules::{Head, head_of};

/// The finding on the screen.
#[derive(Debug)]
pub struct Shown {
    /// The finding itself.
    pub finding: Finding,
    /// What the head of its rule says.
    pub head: Option<Head>,
    /// Its events that are not hidden, those seen last first.
    pub groups: Vec<Group>,
    /// Its notes, in the order in which they were written.
    pub notes: Vec<Note>,
    /// Its changes, in the order in which they were made.
    pub history: Vec<HistoryEntry>,
    /// The events that the analyst had not seen when the finding was laid on the desk.
    new_events: HashSet<i64>,
    /// What there was to see, until it is noted that the analyst has seen it.
    seen: Option<Present>,
}

impl Shown {
    /// Reads a finding as it is now, since others may work on the same case. What was new on the screen `before` is new
    /// still.
    ///
    /// # Errors
    /// It is not there, or the case's database.
    pub fn load(setting: Setting<'_>, id: FindingId, before: Option<&Self>) -> Result<Self> {
        let Setting { case, analyst, .. } = setting;
        let seen = present(case)?;
        let mut finding = find_finding(case, id, analyst)?;
        let mut evidence = list_evidence(case, id, analyst)?;
        evidence.retain(|event| event.hidden_by.is_none());
        if let Some(before) = before {
            before.keep_new(&mut finding, &mut evidence);
        }
        let new_events =
            evidence.iter().filter(|event| event.is_unseen).map(|event| event.event_id).collect();
        Ok(Self {
            head: head_of(case, finding.rule_key)?,
            groups: group(evidence),
            notes: list_notes(case, Subject::Finding(id))?,
            history: list_finding_history(case, id)?,
            finding,
            new_events,
            seen: Some(seen),
        })
    }

    /// Notes that the analyst has seen the finding, once.
    pub fn note_seen(&mut self, setting: Setting<'_>) {
        if let Some(seen) = self.seen.take() {
            // The finding was shown, also where the case is locked or may not be written.
            let _ = mark_seen(setting.case, self.finding.id, seen, setting.analyst, (setting.clock)());
        }
    }

    fn keep_new(&self, finding: &mut Finding, evidence: &mut [Evidence]) {
        for event in evidence.iter_mut().filter(|event| self.new_events.contains(&event.event_id)) {
            event.is_unseen = true;
        }
        finding.unseen.is_new |= self.finding.unseen.is_new;
        finding.unseen.events = evidence.iter().filter(|event| event.is_unseen).count() as i64;
        finding.unseen.changes += self.finding.unseen.changes;
    }

    /// The reason of the verdict that the finding had before new evidence came; `""` where none was given.
    pub fn former_reason(&self) -> &str {
        let Some(former) = &self.finding.former else { return "" };
        let resolved = |entry: &&HistoryEntry| entry.at == former.at && entry.new == Status::Resolved.name();
        self.history.iter().rev().find(resolved).map_or("", |entry| entry.why.as_str())
    }
}
