//! One finding whole, for people and as one JSON object.

use std::io::{self, Write};
use std::str::FromStr;

use serde_json::{Value as Json, json};

use super::count::{counted, grouped};
use super::escape::{printable, printable_lines};
use super::json::SCHEMA_VERSION;
use super::page::{labelled, page};
use super::sheets::{EVIDENCE, FINDINGS, HISTORY};
use super::why::why_in_words;
use crate::event::Timestamp;
use crate::findings::{
    Classification, CommandLine, Determination, Evidence, Finding, FindingId, HistoryEntry, HuntStatus, Note,
    Status, Subject, review_state_of,
};
use crate::rules::Head;

/// What evidence that may be forged rests on.
const ON_RECOVERED_ROWS: &str = "on rows recovered behind a broken one";
/// How many findings a notice names.
const FINDINGS_NAMED: usize = 10;

/// A finding with everything that belongs to it.
#[derive(Debug, Clone, Copy)]
pub struct FindingPage<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// What the head of its rule says; None where this version of huntcase does not understand it.
    pub head: Option<&'a Head>,
    /// Its distinct command lines, in the order of their texts.
    pub command_lines: &'a [CommandLine],
    /// Its events, in the order of time.
    pub evidence: &'a [Evidence],
    /// Its notes, in the order in which they were written.
    pub notes: &'a [Note],
    /// Its changes, in the order in which they were made.
    pub history: &'a [HistoryEntry],
}

impl FindingPage<'_> {
    /// The finding as one JSON object, with its parts inside it.
    pub fn object(&self) -> Json {
        let mut finding = FINDINGS.object(self.finding);
        let command_lines =
            self.command_lines.iter().map(|c| json!({ "commandLine": c.text, "events": c.events }));
        let notes = self.notes.iter().map(|n| json!({ "at": n.at.to_string(), "by": n.by, "text": n.text }));
        finding["commandLines"] = command_lines.collect();
        finding["evidence"] = self.evidence.iter().map(|event| EVIDENCE.object(event)).collect();
        finding["notes"] = notes.collect();
        finding["history"] = self.history.iter().map(|entry| HISTORY.object(entry)).collect();
        json!({ "schema_version": SCHEMA_VERSION, "finding": finding })
    }
}

/// Prints a finding for people: what it is, then command lines, events, notes and changes. With a `width`, long
/// lines are broken to it.
///
/// # Errors
/// What `out` says.
pub fn write_finding<W: Write + ?Sized>(
    out: &mut W,
    shown: &FindingPage<'_>,
    width: Option<usize>,
) -> io::Result<()> {
    write_head(out, shown, width)?;
    writeln!(out, "\nCommand lines ({})", shown.command_lines.len())?;
    for line in shown.command_lines {
        labelled(out, &format!("  {:>5} x", line.events), &line.text, width)?;
    }
    writeln!(out, "\nEvidence ({})", evidence_in_words(shown))?;
    for event in shown.evidence.iter().filter(|event| event.hidden_by.is_none()) {
        write_event(out, event, shown.finding.unseen.is_new, width)?;
    }
    write_notes(out, "Notes", shown.notes)?;
    // What only follows from another change, and notes, which stand above, would say it twice.
    let mut changes = shown.history.iter().filter(|e| !e.is_consequence() && e.field != "note").peekable();
    if changes.peek().is_some() {
        writeln!(out, "\nHistory")?;
    }
    for entry in changes {
        let label = format!("  {}", entry.at.to_seconds_text());
        labelled(out, &label, &change_in_words(entry), width)?;
    }
    Ok(())
}

/// Prints notes under a heading, an empty line before it; no notes print nothing.
///
/// # Errors
/// What `out` says.
pub fn write_notes<W: Write + ?Sized>(out: &mut W, heading: &str, notes: &[Note]) -> io::Result<()> {
    if !notes.is_empty() {
        writeln!(out, "\n{heading}")?;
    }
    for note in notes {
        writeln!(out, "  {}  {}", note.at.to_seconds_text(), printable(&note.by))?;
        for line in printable_lines(&note.text).lines() {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}

/// How many events there are: `3, 1 new since you looked, 2 hidden by S-1`.
fn evidence_in_words(shown: &FindingPage<'_>) -> String {
    let finding = shown.finding;
    let mut words = vec![finding.events.to_string()];
    if finding.unseen.events > 0 && !finding.unseen.is_new {
        words.push(format!("{} new since you looked, marked *", finding.unseen.events));
    }
    let mut hiding: Vec<_> = shown.evidence.iter().filter_map(|event| event.hidden_by).collect();
    hiding.sort();
    hiding.dedup();
    if finding.hidden_events > 0 {
        let ids: Vec<String> = hiding.iter().map(ToString::to_string).collect();
        words.push(format!("{} hidden by {}", finding.hidden_events, ids.join(", ")));
    }
    words.join(", ")
}

fn write_head<W: Write + ?Sized>(
    out: &mut W,
    shown: &FindingPage<'_>,
    width: Option<usize>,
) -> io::Result<()> {
    let finding = shown.finding;
    let device = match finding.device_name.as_str() {
        "" => finding.device_id.clone(),
        name => name.to_owned(),
    };
    let new = if finding.unseen.is_new { "  (new to you)" } else { "" };
    writeln!(out, "{}  {}{new}", finding.id, printable(&device))?;
    let mut pairs = vec![("Rule", finding.rule.clone())];
    if let Some(head) = shown.head {
        pairs.push(("Hypothesis", head.hypothesis.clone()));
        pairs.push(("Techniques", head.techniques.join(", ")));
        pairs.push(("False positives", head.false_positives.clone()));
    }
    pairs.push(("Device id", finding.device_id.clone()));
    pairs.push(("Status", status_in_words(finding)));
    pairs.push(("Verdict", verdict_in_words(finding)));
    pairs
        .push(("Reopened by", finding.former.as_ref().map_or_else(String::new, |former| former.why.clone())));
    pairs.push(("Recovered", recovered_in_words(finding)));
    pairs.push(("Severity", finding.severity.to_string()));
    pairs.push(("Assigned to", finding.assigned_to.clone()));
    pairs.push(("Tags", finding.tags.join(", ")));
    let link = |id: Option<FindingId>| id.map_or_else(String::new, |id| id.to_string());
    pairs.push(("Follows", link(finding.predecessor)));
    pairs.push(("Followed by", link(finding.successor)));
    pairs.push((
        "Activity",
        format!(
            "{} to {}",
            finding.first_activity.to_seconds_text(),
            finding.last_activity.to_seconds_text()
        ),
    ));
    pairs.retain(|(_, value)| !value.is_empty());
    page(out, &pairs, width)
}

/// `Resolved, 2 events since`, or `New, reopened 1 time`.
pub fn status_in_words(finding: &Finding) -> String {
    let mut text = finding.status.shown().to_owned();
    match finding.events_since_resolved() {
        0 => {}
        1 => text += ", 1 event since, more of the same",
        events => text += &format!(", {events} events since, more of the same"),
    }
    match finding.reopen_count {
        0 => {}
        1 => text += ", reopened once",
        count => text += &format!(", reopened {count} times"),
    }
    text
}

/// `Not set (was False positive / Not malicious, kim, 2026-11-03 12:00:00Z)`.
pub fn verdict_in_words(finding: &Finding) -> String {
    let mut text = match finding.classification {
        Classification::Unknown => finding.classification.shown().to_owned(),
        classification => format!("{} / {}", classification.shown(), finding.determination.shown()),
    };
    if let Some(until) = finding.verdict_until {
        text += &format!(", until {}", until.to_seconds_text());
    }
    if let Some(former) = &finding.former {
        let was = match former.classification {
            Classification::Unknown => "undetermined".to_owned(),
            classification => format!("{} / {}", classification.shown(), former.determination.shown()),
        };
        text += &format!(" (was {was}, {}, {})", former.by, former.at.to_seconds_text());
    }
    text
}

fn write_event<W: Write + ?Sized>(
    out: &mut W,
    event: &Evidence,
    is_new: bool,
    width: Option<usize>,
) -> io::Result<()> {
    let mark = if event.is_unseen && !is_new { "*" } else { " " };
    let label = format!("{mark} {}  event {}", time_in_words(event), event.event_id);
    labelled(out, &label, &why_in_words(&event.why), width)?;
    labelled(out, "  ", &process_chain(event), width)?;
    for (label, value) in [
        ("parent ", event.initiating_command_line.clone()),
        ("command", event.command_line.clone()),
        ("account", account(event)),
        ("sha1   ", event.sha1.clone()),
        ("source ", source(event)),
    ] {
        if !value.is_empty() {
            labelled(out, &format!("    {label}"), &value, width)?;
        }
    }
    Ok(())
}

/// The processes that led to an event, from the grandparent to the created one, each with its process id.
pub fn process_chain(event: &Evidence) -> String {
    let chain = [
        process(&event.parent_file_name, event.parent_process_id),
        process(&event.initiating_file_name, event.initiating_process_id),
        process(&event.file_name, event.process_id),
    ];
    chain.join(" -> ")
}

/// A process of a chain; `?` where the export does not name it.
fn process(name: &str, pid: Option<i64>) -> String {
    let name = if name.is_empty() { "?" } else { name };
    pid.map_or_else(|| name.to_owned(), |pid| format!("{name} ({pid})"))
}

/// The account of the created process, with its domain where there is one.
pub fn account(event: &Evidence) -> String {
    match (event.account_domain.as_str(), event.account_name.as_str()) {
        ("", name) => name.to_owned(),
        (domain, name) => format!("{domain}\\{name}"),
    }
}

/// Where an event came from: `x.csv line 3`, and whether that row, or one that filled the event, may be forged.
pub fn source(event: &Evidence) -> String {
    let place = format!("{} line {}", event.import_file_name, event.line);
    match event.recovered_after.filter(|broken| *broken < event.line) {
        _ if !event.is_recovered => place,
        Some(broken) => format!("{place}, recovered behind the broken row of line {broken}"),
        None => format!("{place}, filled by a row recovered behind a broken one"),
    }
}

/// How much of a finding may be forged: `2 of 5 events rest on rows recovered behind a broken one: look at the export
/// before you judge`; `""` for nothing.
pub fn recovered_in_words(finding: &Finding) -> String {
    let rest = match finding.recovered_events {
        0 => return String::new(),
        1 => "rests",
        _ => "rest",
    };
    format!(
        "{} of {} {rest} {ON_RECOVERED_ROWS}: look at the export before you judge",
        grouped(finding.recovered_events),
        counted(finding.events, "event", "events")
    )
}

/// Which of some findings rest on what may be forged: `F-2, F-3 rest on rows recovered behind a broken one (huntcase
/// show F-2)`; None for none.
pub fn recovered_among<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Option<String> {
    let recovered = findings.into_iter().filter(|finding| finding.recovered_events > 0);
    let ids: Vec<String> = recovered.map(|finding| finding.id.to_string()).collect();
    let first = ids.first()?;
    let (named, others) = ids.split_at(ids.len().min(FINDINGS_NAMED));
    let others = match others.len() {
        0 => String::new(),
        count => format!(" and {} more", grouped(count as i64)),
    };
    let rest = if ids.len() == 1 { "rests" } else { "rest" };
    Some(format!("{}{others} {rest} {ON_RECOVERED_ROWS} (huntcase show {first})", named.join(", ")))
}

/// When an event happened, as its device's clock has it.
pub fn time_in_words(event: &Evidence) -> String {
    let ahead = if event.is_ahead { " (ahead of the clock)" } else { "" };
    format!("{}{ahead}", event.time)
}

/// A value of a rule's column as text.
pub fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A value of the history for people: a word as the portal shows it, a time to the second.
pub fn value_in_words(entry: &HistoryEntry, value: &str) -> String {
    fn shown<T: FromStr>(value: &str, words: impl Fn(T) -> &'static str) -> Option<String> {
        value.parse().ok().map(|word| words(word).to_owned())
    }
    let words = match (entry.subject, entry.field.as_str()) {
        (Subject::Review(..), _) => Some(review_state_of(value).shown().to_owned()),
        (Subject::Finding(_), "status") => shown(value, Status::shown),
        (Subject::Finding(_), "classification") => shown(value, Classification::shown),
        (Subject::Finding(_), "determination") => shown(value, Determination::shown),
        (Subject::Hunt(_), "status") => shown(value, HuntStatus::shown),
        (_, "createdAt" | "verdictUntil" | "liftedAt" | "resolvedAt") => {
            Timestamp::parse(value).map(|(time, _)| time.to_seconds_text())
        }
        _ => None,
    };
    words.unwrap_or_else(|| value.to_owned())
}

/// Who changed what, and why: `kim  status: new -> resolved  (the monitoring agent)`.
pub fn change_in_words(entry: &HistoryEntry) -> String {
    let why = entry.why_in_words();
    let why = if why.is_empty() { String::new() } else { format!("  ({why})") };
    let who = match entry.run_id {
        Some(run) => format!("run {run} by {}", entry.by),
        None => entry.by.clone(),
    };
    let (old, new) = (value_in_words(entry, &entry.old), value_in_words(entry, &entry.new));
    let change = match (entry.field.as_str(), old.as_str(), new.as_str()) {
        ("createdAt", "", _) => "raised".to_owned(),
        (field, "", new) => format!("{field}: {new}"),
        (field, old, "") => format!("{field}: no longer {old}"),
        (field, old, new) => format!("{field}: {old} -> {new}"),
    };
    format!("{who}  {change}{why}")
}
