//! What a run's new evidence does to the findings of one rule.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::outcome::WhatChanged;
use super::tables::{self, NewEvidence, Place};
use crate::error::Result;
use crate::event::Timestamp;
use crate::findings::FindingId;
use crate::findings::change::{reopened, save_finding};
use crate::findings::finding::Finding;
use crate::findings::history::{Operation, Subject};
use crate::findings::hunt::Reopen;
use crate::findings::reopen::{Fate, fate};
use crate::findings::suppression::{
    Action, Coverage, Suppression, active_suppressions, cover_evidence, has_verdict_of_suppression, resolve,
};
use crate::findings::tables::{Traits, get_finding, get_traits, list_traits};
use crate::findings::verdict::Status;
use crate::rules::RuleLook;

/// How many characters of a command line a reason quotes.
const COMMAND_QUOTED: usize = 200;

/// Takes up the new evidence of one rule in one run.
pub struct TakeUp<'a, 'r> {
    connection: &'a Connection,
    look: &'a RuleLook<'r>,
    policy: Reopen,
    operation: &'a Operation<'a, 'a>,
    run_id: i64,
    suppressions: Vec<(Suppression, Coverage)>,
    hidden: i64,
}

/// A new event, with what decides about it.
struct Arrival {
    event: NewEvidence,
    traits: Traits,
    /// The suppression that covers it, by its place in the list.
    covered_by: Option<usize>,
}

impl Arrival {
    /// When and what, for a reason: `2026-05-04T10:00:00.0000000Z cmd.exe /c whoami`.
    fn in_words(&self) -> String {
        let mut command: String = self.traits.command_line.chars().take(COMMAND_QUOTED).collect();
        if command.len() < self.traits.command_line.len() {
            command.push('…');
        }
        format!("{} {command}", Timestamp::from_ticks(self.event.time).to_seconds_text())
    }
}

impl<'a, 'r> TakeUp<'a, 'r> {
    /// Prepares to take up what a rule matched.
    pub fn new(
        connection: &'a Connection,
        look: &'a RuleLook<'r>,
        policy: Reopen,
        operation: &'a Operation<'a, 'a>,
        run_id: i64,
    ) -> Result<Self> {
        let mut suppressions = Vec::new();
        for suppression in active_suppressions(connection, look.rule_id, operation.author().at)? {
            let coverage = Coverage::new(&suppression.scope)?;
            suppressions.push((suppression, coverage));
        }
        // What is hidden needs no verdict, so that hiding goes first.
        suppressions.sort_by_key(|(suppression, _)| suppression.action != Action::Hide);
        Ok(Self { connection, look, policy, operation, run_id, suppressions, hidden: 0 })
    }

    /// How many events suppressions hid.
    pub const fn hidden(&self) -> i64 {
        self.hidden
    }

    /// Adds to the rule's findings what it matched in its window and they do not hold yet; notes in `done` what
    /// happened to each, and how many events it got.
    pub fn run(&mut self, done: &mut BTreeMap<FindingId, (WhatChanged, i64)>) -> Result<()> {
        let look = self.look;
        if look.completed.0 < look.completed.1 {
            tables::update_filled(self.connection, look.rule_id, look.completed)?;
        }
        let evidence = tables::list_new_evidence(self.connection, look.version_id, look.window)?;
        for of_device in evidence.chunk_by(|a, b| a.device_id == b.device_id) {
            let arrivals = self.look_at(of_device)?;
            let (hidden, shown): (Vec<Arrival>, Vec<Arrival>) =
                arrivals.into_iter().partition(|arrival| self.action(arrival) == Some(Action::Hide));
            let mut finding = of_device[0].finding;
            if !hidden.is_empty() {
                finding = Some(self.hide(finding, &hidden)?);
            }
            if !shown.is_empty() {
                let (id, change) = self.show(finding, &shown)?;
                done.insert(id, (change, shown.len() as i64));
            }
        }
        Ok(())
    }

    fn look_at(&self, events: &[NewEvidence]) -> Result<Vec<Arrival>> {
        let arrival = |event: &NewEvidence| {
            let traits = get_traits(self.connection, event.event_id)?;
            let covers =
                |coverage: &Coverage| coverage.covers_device(event.device_id) && coverage.covers(&traits);
            let covered_by = self.suppressions.iter().position(|(_, coverage)| covers(coverage));
            Ok(Arrival { event: *event, traits, covered_by })
        };
        events.iter().map(arrival).collect()
    }

    fn suppression(&self, arrival: &Arrival) -> Option<&Suppression> {
        arrival.covered_by.map(|index| &self.suppressions[index].0)
    }

    fn action(&self, arrival: &Arrival) -> Option<Action> {
        self.suppression(arrival).map(|suppression| suppression.action)
    }

    /// Keeps events out of sight, in the device's finding or in one that is not raised.
    fn hide(&mut self, finding: Option<FindingId>, arrivals: &[Arrival]) -> Result<FindingId> {
        let id = match finding {
            Some(id) => id,
            None => self.make_finding(&arrivals[0])?,
        };
        self.attach(id, arrivals, true)?;
        tables::add_hidden(self.connection, id, arrivals.len() as i64, span(arrivals))?;
        self.hidden += arrivals.len() as i64;
        Ok(id)
    }

    /// Adds events that are not hidden to the device's finding, to one that follows it, or to a new one.
    fn show(&self, finding: Option<FindingId>, arrivals: &[Arrival]) -> Result<(FindingId, WhatChanged)> {
        let Some(id) = finding else {
            let id = self.make_finding(&arrivals[0])?;
            return self.raise(id, arrivals, "");
        };
        let finding = get_finding(self.connection, id, self.operation.author().by)?;
        if finding.status != Status::Resolved {
            if finding.created_at.is_none() {
                return self.raise(id, arrivals, "");
            }
            self.add(id, arrivals)?;
            return Ok((id, WhatChanged::Updated));
        }
        match self.fate_of(&finding, arrivals)? {
            Fate::Repeated => {
                self.add(id, arrivals)?;
                Ok((id, WhatChanged::Repeated))
            }
            Fate::Reopened(why) => {
                let why = self.why_in_words(why, &finding, arrivals)?;
                self.add(id, arrivals)?;
                self.reopen(&finding, &why)?;
                Ok((id, WhatChanged::Reopened))
            }
            Fate::Followed(why) => {
                let why = self.why_in_words(why, &finding, arrivals)?;
                let successor = self.make_finding(&arrivals[0])?;
                self.raise(successor, arrivals, &why)
            }
        }
    }

    /// The reason, with the event because of which it holds.
    fn why_in_words(&self, why: &str, finding: &Finding, arrivals: &[Arrival]) -> Result<String> {
        Ok(format!("{why}: {}", self.first_novel(finding, arrivals)?.in_words()))
    }

    /// The first of some events that does what a finding has not done before; the first of all where none does.
    fn first_novel<'e>(&self, finding: &Finding, arrivals: &'e [Arrival]) -> Result<&'e Arrival> {
        for arrival in arrivals {
            if !self.is_known(finding, arrival)? {
                return Ok(arrival);
            }
        }
        Ok(&arrivals[0])
    }

    /// Whether a finding has done before what an event does. Where findings are followed by others, what an earlier one
    /// did counts too, as long as its verdict lets more of the same be.
    fn is_known(&self, finding: &Finding, arrival: &Arrival) -> Result<bool> {
        let behaviour = &arrival.traits.behaviour;
        if tables::has_behaviour(self.connection, finding.id, behaviour)? {
            return Ok(true);
        }
        let (mut earlier, author) = (finding.predecessor, self.operation.author());
        while let Some(id) = earlier {
            let finding = get_finding(self.connection, id, author.by)?;
            let lets_be = fate(self.policy, &finding, false, author.at) == Fate::Repeated;
            if lets_be && tables::has_behaviour(self.connection, id, behaviour)? {
                return Ok(true);
            }
            earlier = finding.predecessor;
        }
        Ok(false)
    }

    fn fate_of(&self, finding: &Finding, arrivals: &[Arrival]) -> Result<Fate> {
        if self.is_covered_whole(finding, arrivals)? {
            return Ok(Fate::Repeated);
        }
        let mut is_novel = false;
        for arrival in arrivals {
            is_novel = is_novel || !self.is_known(finding, arrival)?;
        }
        Ok(fate(self.policy, finding, is_novel, self.operation.author().at))
    }

    /// Whether one suppression covers these events and all that the finding shows, which has its verdict. Evidence that
    /// an earlier suppression covered, whose end has come, is asked about anew.
    fn is_covered_whole(&self, finding: &Finding, arrivals: &[Arrival]) -> Result<bool> {
        let Some(index) = self.one_suppression(arrivals).and(arrivals[0].covered_by) else {
            return Ok(false);
        };
        let (suppression, coverage) = &self.suppressions[index];
        // What a person has judged is judged, whatever is suppressed.
        if suppression.classification != finding.classification
            || !has_verdict_of_suppression(self.connection, finding.id)?
        {
            return Ok(false);
        }
        if !tables::has_other_evidence(self.connection, finding.id, suppression.id)? {
            return Ok(true);
        }
        let shown = list_traits(self.connection, finding.id)?;
        let is_whole = shown.iter().all(|event| coverage.covers(event));
        if is_whole {
            cover_evidence(self.connection, finding.id, suppression.id)?;
        }
        Ok(is_whole)
    }

    /// The suppression that covers all of these events, where one does.
    fn one_suppression(&self, arrivals: &[Arrival]) -> Option<&Suppression> {
        let first = self.suppression(&arrivals[0])?;
        let same = |arrival: &Arrival| self.suppression(arrival).is_some_and(|s| s.id == first.id);
        arrivals.iter().all(same).then_some(first)
    }

    fn make_finding(&self, first: &Arrival) -> Result<FindingId> {
        let severity = self.look.rule.head.severity;
        let id = tables::insert_finding(self.connection, self.look.rule_id, &first.event, severity)?;
        self.operation.record_because(Subject::Finding(id), "severity", "", severity.name(), "".into())?;
        Ok(id)
    }

    /// Raises a finding with its first events that are not hidden; `why` where it follows one that stays closed. A
    /// suppression that covers all it has resolves it.
    fn raise(&self, id: FindingId, arrivals: &[Arrival], why: &str) -> Result<(FindingId, WhatChanged)> {
        self.add(id, arrivals)?;
        let author = self.operation.author();
        let finding = get_finding(self.connection, id, author.by)?;
        let raised = Finding { created_at: Some(author.at), ..finding.clone() };
        save_finding(self.connection, self.operation, &finding, &raised, why.into())?;
        if let Some(suppression) = self.one_suppression(arrivals) {
            resolve(self.connection, self.operation, suppression, &raised)?;
        }
        Ok((id, WhatChanged::New))
    }

    /// Opens a resolved finding again: its verdict goes into the history.
    fn reopen(&self, finding: &Finding, why: &str) -> Result<()> {
        let new = reopened(finding, self.operation.author().at);
        save_finding(self.connection, self.operation, finding, &new, why.into())
    }

    /// Adds events that are not hidden to a finding.
    fn add(&self, id: FindingId, arrivals: &[Arrival]) -> Result<()> {
        self.attach(id, arrivals, false)?;
        let place = self.place(id);
        tables::add_activity(self.connection, place, arrivals.len() as i64, span(arrivals))
    }

    fn attach(&self, id: FindingId, arrivals: &[Arrival], is_hidden: bool) -> Result<()> {
        for arrival in arrivals {
            let suppression = self.suppression(arrival).map(|suppression| suppression.id);
            let behaviour = &arrival.traits.behaviour;
            let covered = (suppression, is_hidden);
            tables::insert_evidence(
                self.connection,
                self.place(id),
                arrival.event.event_id,
                behaviour,
                covered,
            )?;
        }
        Ok(())
    }

    const fn place(&self, finding: FindingId) -> Place {
        Place { finding, version_id: self.look.version_id, run_id: self.run_id }
    }
}

/// The times of the first and the last of some events, which are in the order of time.
fn span(arrivals: &[Arrival]) -> (i64, i64) {
    let time = |arrival: Option<&Arrival>| arrival.map_or(0, |arrival| arrival.event.time);
    (time(arrivals.first()), time(arrivals.last()))
}
