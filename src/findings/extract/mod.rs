//! What a report tells: the part of a case that is asked for, read once and as it is at one moment.
//!
//! All kinds of reports are written from an [`Extract`], so that they agree. What grows with the case, the events of
//! findings, is handed on as it is read.

mod rule;
mod tables;

use super::filter::{Filter, select_findings};
use super::finding::{Evidence, Finding, Note};
use super::history::{HistoryEntry, Subject, list_finding_history};
use super::hunt::{Hunt, HuntStatus, list_hunts};
use super::limits::{Limits, find_limits};
use super::review::{DeviceRow, list_devices};
use super::suppression::{Suppression, list_suppressions};
use super::tables::list_notes;
use super::verdict::{Classification, Status};
use super::{FindingId, HuntId};
use crate::error::Result;
use crate::event::Timestamp;
use crate::rules::{RuleRun, last_run, list_newest_rule_runs, list_runs};
use crate::store::{Case, Import, Transaction};

pub use rule::{RuleOfCase, RuleVersion};
pub use tables::{Chain, Mark, Trace};

/// What a report is asked to tell.
#[derive(Debug, Clone, Default)]
pub struct ExtractRequest {
    /// Only what belongs to this hunt.
    pub hunt: Option<HuntId>,
    /// Only findings that this selects.
    pub filter: Filter,
    /// Only findings that are new or changed since.
    pub since: Option<ReportSince>,
}

/// Since when something has to be new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportSince {
    /// The last report of the same hunt, or of every hunt.
    LastReport,
    /// An instant.
    Time(Timestamp),
}

/// What is new of a finding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct News {
    /// Whether it was raised since.
    pub is_new: bool,
    /// How many events came since.
    pub events: i64,
    /// How many changes were made since, by people and by runs.
    pub changes: i64,
}

impl News {
    /// The word for it: `new`, `changed`, or `""` for nothing.
    pub const fn name(self) -> &'static str {
        match self {
            Self { is_new: true, .. } => "new",
            Self { events: 0, changes: 0, .. } => "",
            _ => "changed",
        }
    }
}

/// A finding, and what is new of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reported {
    /// The finding.
    pub finding: Finding,
    /// What is new of it since the report or the instant that the extract compares with; None where it compares with
    /// nothing.
    pub news: Option<News>,
}

/// What belongs to a finding, without its events.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// Its notes, in the order in which they were written.
    pub notes: Vec<Note>,
    /// Its changes, in the order in which they were made.
    pub history: Vec<HistoryEntry>,
    /// The SHA-256 of the rule's versions that brought what it shows, the oldest first.
    pub rule_versions: Vec<String>,
    /// The imports that its events came with, in the order of arrival.
    pub imports: Vec<Import>,
}

/// What a report tells of a case, as the case is at one moment.
pub struct Extract<'c> {
    case: &'c Case,
    /// The end of the latest window of a run; None before the first run.
    pub as_of: Option<Timestamp>,
    /// The hunts.
    pub hunts: Vec<Hunt>,
    /// Their rules, by name, each with its versions.
    pub rules: Vec<RuleOfCase>,
    /// What the case, or the hunt that is asked for, cannot speak of.
    pub limits: Limits,
    /// Rules that failed when they last ran: what is said of them is not all.
    pub failed: Vec<RuleRun>,
    /// The findings: true positives first, then what is open, undetermined, benign, and false positives; the latest
    /// activity first in each.
    pub findings: Vec<Reported>,
    /// The devices, with their reviews in the hunts.
    pub devices: Vec<DeviceRow>,
    /// Every import, in the order of arrival, which is that of their numbers.
    pub imports: Vec<Import>,
    /// The suppressions of the rules, in the order in which they were added.
    pub suppressions: Vec<Suppression>,
    /// What findings are compared with; None where nothing was reported before.
    pub since: Option<Mark>,
    /// Whether not all findings of the hunts were asked for.
    pub is_narrowed: bool,
    /// Whether all is told that is new since the last report, so that the next one need not tell it again.
    pub tells_all_news: bool,
    present: Mark,
    hunt: Option<HuntId>,
    /// Holds the moment; nothing is written in it.
    _snapshot: Transaction<'c>,
}

impl<'c> Extract<'c> {
    /// Reads what a report tells.
    ///
    /// # Errors
    /// The case's database.
    pub fn read(case: &'c Case, request: &ExtractRequest) -> Result<Self> {
        let snapshot = case.begin_to_read()?;
        let connection = case.connection();
        let mut hunts = list_hunts(case)?;
        hunts.retain(|hunt| request.hunt.is_none_or(|id| id == hunt.id));
        let is_of_hunts = |hunt: Option<HuntId>| request.hunt.is_none() || hunt == request.hunt;
        let mut rules = tables::list_rules(connection)?;
        rules.retain(|rule| is_of_hunts(rule.hunt));
        let mut suppressions = list_suppressions(case)?;
        suppressions.retain(|suppression| rules.iter().any(|rule| rule.key == suppression.rule_key));
        let mut failed = list_newest_rule_runs(case)?;
        let last_run = last_run(case)?.map(|run| run.id);
        let is_closed =
            |hunt: HuntId| hunts.iter().any(|of| of.id == hunt && of.status == HuntStatus::Closed);
        failed.retain(|run| {
            let rule = rules.iter().find(|rule| rule.name == run.rule);
            let is_retired = rule.and_then(|rule| rule.hunt).is_some_and(is_closed);
            // One that could not be read may belong to any hunt, and is gone with its file.
            let is_known = if run.sha256.is_none() { Some(run.run_id) == last_run } else { rule.is_some() };
            run.failure.is_some() && is_known && !is_retired
        });
        let present = tables::present(connection)?;
        let since = match request.since {
            Some(ReportSince::Time(at)) => Some(tables::mark_at(connection, at)?),
            _ => tables::last_report(connection, request.hunt, &present)?,
        };
        let hunt_ids: Vec<HuntId> = request.hunt.into_iter().collect();
        Ok(Self {
            as_of: list_runs(case)?.iter().map(|run| run.as_of).max(),
            limits: find_limits(case, request.hunt)?,
            hunts,
            rules,
            failed,
            findings: list_reported(case, request, since.as_ref())?,
            devices: list_devices(case, &hunt_ids)?,
            imports: case.list_imports()?,
            suppressions,
            is_narrowed: !request.filter.is_empty() || (request.since.is_some() && since.is_some()),
            tells_all_news: request.filter.is_empty()
                && matches!(request.since, None | Some(ReportSince::LastReport)),
            since,
            present,
            hunt: request.hunt,
            case,
            _snapshot: snapshot,
        })
    }

    /// How many events the findings show.
    pub fn events(&self) -> i64 {
        self.findings.iter().map(|reported| reported.finding.events).sum()
    }

    /// How many findings have a classification and a status.
    pub fn count(&self, holds: impl Fn(&Finding) -> bool) -> i64 {
        self.findings.iter().filter(|reported| holds(&reported.finding)).count() as i64
    }

    /// The import of a number.
    pub fn import(&self, id: i64) -> Option<&Import> {
        let place = self.imports.binary_search_by_key(&id, |import| import.id).ok()?;
        self.imports.get(place)
    }

    /// The rule of a finding.
    pub fn rule_of(&self, finding: &Finding) -> Option<&RuleOfCase> {
        self.rules.iter().find(|rule| rule.key == finding.rule_key)
    }

    /// What belongs to a finding, without its events.
    ///
    /// # Errors
    /// The case's database.
    pub fn parts(&self, id: FindingId) -> Result<Parts> {
        let (rule_versions, imports) = tables::list_sources(self.case.connection(), id)?;
        Ok(Parts {
            notes: list_notes(self.case, Subject::Finding(id))?,
            history: list_finding_history(self.case, id)?,
            rule_versions,
            imports: imports.iter().filter_map(|id| self.import(*id).cloned()).collect(),
        })
    }

    /// Hands on the events that a finding shows, in the order of time: all, or those of these numbers.
    ///
    /// # Errors
    /// The case's database, or what `each` says.
    pub fn each_event(
        &self,
        id: FindingId,
        only: Option<&[i64]>,
        each: &mut dyn FnMut(Evidence) -> Result<()>,
    ) -> Result<()> {
        super::tables::each_shown_evidence(self.case.connection(), id, only, each)
    }

    /// When the events happened that a finding shows, each with its number, in the order of time.
    ///
    /// # Errors
    /// The case's database.
    pub fn times(&self, id: FindingId) -> Result<Vec<(i64, Timestamp)>> {
        tables::list_shown_times(self.case.connection(), id)
    }

    /// The `limit` most frequent chains of processes in what a finding shows.
    ///
    /// # Errors
    /// The case's database.
    pub fn chains(&self, id: FindingId, limit: usize) -> Result<Vec<Chain>> {
        tables::list_chains(self.case.connection(), id, limit)
    }

    /// Hands on when and why of every event that any finding of the case shows, finding by finding in the order of
    /// numbers; also of findings that were not asked for.
    ///
    /// # Errors
    /// The case's database.
    pub fn each_trace(&self, each: &mut dyn FnMut(Trace<'_>)) -> Result<()> {
        tables::each_trace(self.case.connection(), each)
    }

    /// What a report of this extract can tell, for [`keep_report`].
    pub const fn made(&self) -> Made {
        Made { hunt: self.hunt, present: self.present }
    }
}

/// What a report could tell, and of which hunt it was.
#[derive(Debug, Clone, Copy)]
pub struct Made {
    hunt: Option<HuntId>,
    present: Mark,
}

/// Notes that a report was made, so that the next one says what is new since. Not twice for the same.
///
/// # Errors
/// The case's database; it may be locked, or not to be written.
pub fn keep_report(case: &Case, made: &Made, by: &str, at: Timestamp) -> Result<()> {
    let transaction = case.begin_at_once()?;
    tables::insert_report(case.connection(), made, by, at)?;
    Ok(transaction.keep()?)
}

/// The findings that are asked for, in the order of reports.
fn list_reported(case: &Case, request: &ExtractRequest, since: Option<&Mark>) -> Result<Vec<Reported>> {
    let news = since.map(|mark| tables::list_news(case.connection(), mark)).transpose()?;
    let news_of =
        |finding: &Finding| news.as_ref().map(|news| news.get(&finding.id).copied().unwrap_or_default());
    let is_asked_for = |reported: &Reported| match request.since {
        None => true,
        // Before the first report all is new.
        Some(_) => reported.news.is_none_or(|news| news != News::default()),
    };
    let findings = select_findings(case, &request.filter, "")?.into_iter();
    let mut reported: Vec<Reported> = findings
        .filter(|finding| request.hunt.is_none() || finding.hunt == request.hunt)
        .map(|finding| Reported { news: news_of(&finding), finding })
        .filter(is_asked_for)
        .collect();
    // Stable: the latest activity stays first.
    reported.sort_by_key(|reported| weight(&reported.finding));
    Ok(reported)
}

/// What a reader has to know first comes first.
const fn weight(finding: &Finding) -> u8 {
    match (finding.classification, finding.status) {
        (Classification::TruePositive, _) => 0,
        (Classification::Unknown, Status::New | Status::InProgress) => 1,
        (Classification::Unknown, Status::Resolved) => 2,
        (Classification::InformationalExpectedActivity, _) => 3,
        (Classification::FalsePositive, _) => 4,
    }
}
