//! What analysts decide about findings. Every change leaves a row of history.

use std::collections::BTreeSet;
use std::str::FromStr;

use rusqlite::Connection;

use super::FindingId;
use super::finding::Finding;
use super::history::{
    Author, Cause, HistoryEntry, Meanwhile, Operation, Subject, list_changes, list_changes_of_others,
};
use super::seen::{SeenMark, move_mark, present_mark, seen_mark};
use super::tables;
use super::verdict::{Classification, Determination, Status};
use crate::error::{Error, Result, quoted};
use crate::event::Timestamp;
use crate::rules::Severity;
use crate::store::Case;

/// The most characters of a name or a tag; longer ones are mistakes, or attacks on whoever reads them.
pub const LONGEST_NAME: usize = 200;
/// The most characters of a reason or a note.
pub const LONGEST_TEXT: usize = 10_000;

/// What is to become of findings; None leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Where the work stands.
    pub status: Option<Status>,
    /// What was concluded.
    pub classification: Option<Classification>,
    /// Why.
    pub determination: Option<Determination>,
    /// When the verdict lapses; `Some(None)` for never.
    pub verdict_until: Option<Option<Timestamp>>,
    /// How much it matters.
    pub severity: Option<Severity>,
    /// Who works on it, `""` for nobody.
    pub assigned_to: Option<String>,
    /// Tags to add and to take off.
    pub tags: TagChange,
    /// Whether to go on where a verdict's words do not belong together, or somebody else was faster.
    pub force: bool,
}

/// Tags to add and to take off, as `+tuning,-urgent`; a tag without a sign is added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are what their names say")]
pub struct TagChange {
    pub added: Vec<String>,
    pub removed: Vec<String>,
}

impl FromStr for TagChange {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let mut change = Self::default();
        for part in text.split(',').map(str::trim) {
            let (tags, tag) = match (part.strip_prefix('+'), part.strip_prefix('-')) {
                (_, Some(tag)) => (&mut change.removed, tag),
                (Some(tag), _) => (&mut change.added, tag),
                _ => (&mut change.added, part),
            };
            let is_word = !tag.is_empty() && !tag.contains(|c: char| c.is_whitespace() || c.is_control());
            if !is_word || tag.chars().count() > LONGEST_NAME {
                let expected =
                    format!("tags of 1 to {LONGEST_NAME} characters without blanks, such as +tuning,-urgent");
                return Err(format!("found {}, expected {expected}", quoted(part)));
            }
            tags.push(tag.to_owned());
        }
        match change.removed.iter().find(|tag| change.added.contains(tag)) {
            Some(tag) => Err(format!("the tag {} is to be added and taken off", quoted(tag))),
            None => Ok(change),
        }
    }
}

impl Change {
    /// Whether it leaves everything as it is.
    pub fn is_empty(&self) -> bool {
        Self { force: false, ..self.clone() } == Self::default()
    }
}

/// What became of findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The findings as they are then, in the order in which they were named.
    pub findings: Vec<Finding>,
    /// What was changed of them.
    pub changes: Vec<HistoryEntry>,
    /// What others changed since the analyst last looked.
    pub meanwhile: Vec<HistoryEntry>,
}

/// Changes findings, all or none.
///
/// # Errors
/// A finding that is not there, a move that the life cycle does not have, a pair of classification and determination
/// that do not belong together, a finding resolved without a verdict and without a reason, a field that somebody else
/// changed since the analyst last looked at the finding, or somebody else's verdict where the analyst never did.
pub fn change_findings(
    case: &Case,
    ids: &[FindingId],
    change: &Change,
    author: Author<'_>,
) -> Result<Changed> {
    check_change(change, author)?;
    let connection = case.connection();
    let transaction = case.begin()?;
    let operation = Operation::of_command(connection, author);
    let mut changed = Changed { findings: Vec::new(), changes: Vec::new(), meanwhile: Vec::new() };
    let mut known = BTreeSet::new();
    let distinct: Vec<FindingId> = ids.iter().copied().filter(|id| known.insert(*id)).collect();
    for id in &distinct {
        changed.meanwhile.extend(change_finding(connection, *id, change, &operation)?);
    }
    if let Some(id) = operation.number() {
        changed.changes = list_changes(connection, id)?;
    }
    for id in distinct {
        changed.findings.push(tables::get_finding(connection, id, author.by)?);
    }
    author.finish(transaction)?;
    Ok(changed)
}

/// Changes one finding; gives what others changed of it meanwhile.
fn change_finding(
    connection: &Connection,
    id: FindingId,
    change: &Change,
    operation: &Operation<'_, '_>,
) -> Result<Vec<HistoryEntry>> {
    let author = operation.author();
    let old = tables::get_finding(connection, id, author.by)?;
    let new = apply(&old, change, author)?;
    let (meanwhile, knows_all) = check_meanwhile(connection, &old, &new, change, author)?;
    if old == new && !author.why.trim().is_empty() {
        // A reason is never lost: without a change that it could stand with, it is a note.
        add_note(connection, operation, Subject::Finding(id), author.why)?;
    }
    save_finding(connection, operation, &old, &new, author.why.into())?;
    if knows_all {
        let mark = SeenMark { run_id: 0, ..present_mark(connection)? };
        move_mark(connection, id, mark, (author.by, author.at))?;
    }
    Ok(meanwhile)
}

/// Records what differs between a finding as it was and as it is to be, and writes it.
pub(super) fn save_finding(
    connection: &Connection,
    operation: &Operation<'_, '_>,
    old: &Finding,
    new: &Finding,
    cause: Cause<'_>,
) -> Result<()> {
    let subject = Subject::Finding(old.id);
    operation.record_all(subject, old.fields(), new.fields(), cause)?;
    for tag in new.tags.iter().filter(|tag| !old.tags.contains(tag)) {
        operation.record_because(subject, "tag", "", tag, cause)?;
        tables::write_tag(connection, old.id, tag, true)?;
    }
    for tag in old.tags.iter().filter(|tag| !new.tags.contains(tag)) {
        operation.record_because(subject, "tag", tag, "", cause)?;
        tables::write_tag(connection, old.id, tag, false)?;
    }
    tables::update_finding(connection, new)
}

/// A resolved finding as it is when evidence opens it again: its verdict is left to the history. One that was resolved
/// while all of it was hidden is raised with that.
pub(super) fn reopened(finding: &Finding, at: Timestamp) -> Finding {
    Finding {
        created_at: finding.created_at.or(Some(at)),
        status: Status::New,
        classification: Classification::Unknown,
        determination: Determination::Unknown,
        verdict_until: None,
        resolved_at: None,
        resolved_events: None,
        reopen_count: finding.reopen_count + 1,
        ..finding.clone()
    }
}

fn check_change(change: &Change, author: Author<'_>) -> Result<()> {
    check_text("the reason", author.why)?;
    if let Some(name) = change.assigned_to.as_deref().filter(|name| !name.is_empty()) {
        check_name("an assignee", name)?;
    }
    match change.verdict_until.flatten() {
        Some(until) if until <= author.at => Err(Error::Usage(format!(
            "--until: {} is not in the future, expected a later time, a span such as 30d, or never",
            until.to_seconds_text()
        ))),
        _ => Ok(()),
    }
}

/// What a finding becomes.
fn apply(old: &Finding, change: &Change, author: Author<'_>) -> Result<Finding> {
    let mut new = old.clone();
    new.status = change.status.unwrap_or(old.status);
    new.severity = change.severity.unwrap_or(old.severity);
    if let Some(assigned_to) = &change.assigned_to {
        new.assigned_to.clone_from(assigned_to);
    }
    apply_verdict(&mut new, old, change, author)?;
    apply_status(&mut new, old, change, author)?;
    new.tags.retain(|tag| !change.tags.removed.contains(tag));
    new.tags.extend(change.tags.added.iter().cloned());
    new.tags.sort();
    new.tags.dedup();
    Ok(new)
}

fn apply_verdict(new: &mut Finding, old: &Finding, change: &Change, author: Author<'_>) -> Result<()> {
    if let Some(classification) = change.classification {
        new.classification = classification;
        if classification != old.classification && change.determination.is_none() {
            new.determination = match classification {
                Classification::Unknown => Determination::Unknown,
                _ => Determination::Other,
            };
        }
        // A verdict given anew holds for good, unless it says otherwise itself.
        new.verdict_until = None;
    }
    new.determination = change.determination.unwrap_or(new.determination);
    new.verdict_until = change.verdict_until.unwrap_or(new.verdict_until);
    let verdict = |f: &Finding| (f.classification, f.determination, f.verdict_until);
    if verdict(new) == verdict(old) {
        // What stays has been checked, or forced, when it was decided.
        return Ok(());
    }
    if new.verdict_until.is_some()
        && new.classification == Classification::Unknown
        && author.why.trim().is_empty()
    {
        return Err(Error::Usage(format!("{}: --until needs a verdict: --verdict tp, benign or fp", old.id)));
    }
    check_pair(new.classification, new.determination, change.force)
}

fn apply_status(new: &mut Finding, old: &Finding, change: &Change, author: Author<'_>) -> Result<()> {
    match (old.status, new.status) {
        (Status::Resolved, Status::New) => {
            return Err(Error::Usage(format!(
                "{} is resolved: only new evidence makes it new; reopen it with --status in-progress",
                old.id
            )));
        }
        (Status::Resolved, Status::InProgress) => {
            if change.verdict_until.flatten().is_some() {
                return Err(Error::Usage(format!(
                    "{}: --until is for a verdict that stands; it is reopened",
                    old.id
                )));
            }
            (new.resolved_at, new.resolved_events) = (None, None);
            new.verdict_until = None;
            new.reopen_count += 1;
        }
        (Status::New | Status::InProgress, Status::Resolved) => {
            (new.resolved_at, new.resolved_events) = (Some(author.at), Some(old.events));
        }
        _ => {}
    }
    let is_decided_now = (new.status, new.classification) != (old.status, old.classification);
    if is_decided_now
        && new.status == Status::Resolved
        && new.classification == Classification::Unknown
        && author.why.trim().is_empty()
    {
        return Err(Error::Usage(format!(
            "{} needs a verdict to be resolved: --verdict tp|benign|fp, or --why \"…\" to leave it undetermined",
            old.id
        )));
    }
    Ok(())
}

/// Says whether a classification and a determination belong together.
pub(super) fn check_pair(
    classification: Classification,
    determination: Determination,
    force: bool,
) -> Result<()> {
    let allowed = classification.determinations();
    if force || allowed.contains(&determination) {
        return Ok(());
    }
    if classification == Classification::Unknown {
        return Err(Error::Usage("a determination needs a verdict: --verdict tp, benign or fp".to_owned()));
    }
    let allowed: Vec<String> = allowed.iter().map(|determination| determination.typed()).collect();
    Err(Error::Usage(format!(
        "{} does not go with {}, expected one of {}",
        determination.typed(),
        classification.typed(),
        allowed.join(", ")
    )))
}

/// The fields in which a finding as it was and as it is to be differ.
fn differing(old: &Finding, new: &Finding) -> Vec<&'static str> {
    let pairs = old.fields().into_iter().zip(new.fields());
    pairs.filter(|((_, before), (_, after))| before != after).map(|((field, _), _)| field).collect()
}

/// Refuses to write over what somebody else decided since the analyst last looked. Gives what else others changed, and
/// whether the analyst knows all of it: what is written over is known; of the finding's evidence, and of what else
/// others changed, that says nothing.
fn check_meanwhile(
    connection: &Connection,
    old: &Finding,
    new: &Finding,
    change: &Change,
    author: Author<'_>,
) -> Result<(Vec<HistoryEntry>, bool)> {
    let mark = seen_mark(connection, old.id, author.by)?;
    let mut others = list_changes_of_others(connection, old.id, author.by, mark.history_id)?;
    others.retain(|entry| !entry.is_consequence());
    let changed = differing(old, new);
    let is_overwritten = |entry: &&HistoryEntry| changed.contains(&entry.field.as_str());
    if mark == SeenMark::default() {
        // Who never looked cannot know: that a person's decision is replaced is said, and a verdict is not replaced.
        others.retain(|entry| entry.run_id.is_none());
        let knows_all = others.iter().all(|entry| is_overwritten(&entry));
        others.retain(|entry| stands(old, entry));
        if let Some(verdict) = others.iter().rfind(|entry| entry.is_of_verdict())
            && is_judged_anew(old, new, change)
            && !change.force
        {
            return Err(judged(old, verdict));
        }
        others.retain(|entry| is_overwritten(&entry));
        return Ok((newest_of_each_field(&others), knows_all));
    }
    match others.iter().find(is_overwritten).filter(|_| !change.force) {
        Some(entry) => {
            Err(Error::Meanwhile { what: old.id.to_string(), change: Meanwhile(entry).to_string() })
        }
        None => {
            let knows_all = others.iter().all(|entry| is_overwritten(&entry));
            Ok((others, knows_all))
        }
    }
}

/// Whether what a change made of a finding is so still.
fn stands(finding: &Finding, change: &HistoryEntry) -> bool {
    finding.fields().into_iter().any(|(field, value)| field == change.field && value == change.new)
}

fn newest_of_each_field(changes: &[HistoryEntry]) -> Vec<HistoryEntry> {
    let is_newest = |change: &&HistoryEntry| {
        !changes.iter().any(|other| other.field == change.field && other.id > change.id)
    };
    changes.iter().filter(is_newest).cloned().collect()
}

/// Whether a finding that has a verdict is given another, or one until another time.
fn is_judged_anew(old: &Finding, new: &Finding, change: &Change) -> bool {
    let verdict = |f: &Finding| (f.classification, f.determination, f.verdict_until);
    let judges =
        change.classification.is_some() || change.determination.is_some() || change.verdict_until.is_some();
    judges && old.classification != Classification::Unknown && verdict(old) != verdict(new)
}

/// Says whose verdict a finding has, with the change that gave it.
fn judged(finding: &Finding, change: &HistoryEntry) -> Error {
    let why = match change.why.as_str() {
        "" => String::new(),
        why => format!(", because {}", quoted(why)),
    };
    let verdict = format!("{} / {}", finding.classification.shown(), finding.determination.shown());
    let (by, at) = (&change.by, change.at.to_seconds_text());
    Error::Judged { what: finding.id.to_string(), verdict: format!("{by} concluded {verdict} at {at}{why}") }
}

/// Adds a note to a finding.
///
/// # Errors
/// A finding that is not there, or a note without text.
pub fn write_note(case: &Case, id: FindingId, text: &str, author: Author<'_>) -> Result<()> {
    let connection = case.connection();
    let transaction = case.begin()?;
    tables::get_finding(connection, id, author.by)?;
    add_note(connection, &Operation::of_command(connection, author), Subject::Finding(id), text)?;
    author.finish(transaction)
}

/// Adds a note to a finding or a hunt.
pub(super) fn add_note(
    connection: &Connection,
    operation: &Operation<'_, '_>,
    subject: Subject,
    text: &str,
) -> Result<()> {
    if text.trim().is_empty() {
        return Err(Error::Usage("a note needs a text".to_owned()));
    }
    check_text("a note", text)?;
    operation.record_because(subject, "note", "", text, "".into())?;
    tables::write_note_row(connection, operation.id()?, subject, text, true)
}

/// Checks a name that people give.
pub(super) fn check_name(what: &str, name: &str) -> Result<()> {
    let length = name.chars().count();
    let is_name = !name.trim().is_empty() && length <= LONGEST_NAME && !name.contains(char::is_control);
    match is_name {
        true => Ok(()),
        false => Err(Error::Usage(format!(
            "{what}: found {}, expected a name of 1 to {LONGEST_NAME} characters on one line",
            quoted(name)
        ))),
    }
}

/// Checks a text that people give.
pub(super) fn check_text(what: &str, text: &str) -> Result<()> {
    let length = text.chars().count();
    match length <= LONGEST_TEXT {
        true => Ok(()),
        false => {
            Err(Error::Usage(format!("{what}: found {length} characters, expected at most {LONGEST_TEXT}")))
        }
    }
}
