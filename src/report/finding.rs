//! One finding whole, for people and as one JSON object.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::escape::{printable, printable_lines};
use super::json::SCHEMA_VERSION;
use super::page::{labelled, page};
use super::sheets::{EVIDENCE, FINDINGS};
use crate::findings::{CommandLine, Evidence, Finding, HistoryEntry, Note};
use crate::rules::Rule;

/// A finding with everything that belongs to it.
#[derive(Debug, Clone, Copy)]
pub struct FindingPage<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// Its rule, where that is at hand.
    pub rule: Option<&'a Rule>,
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
        let history = self.history.iter().map(|h| {
            json!({
                "at": h.at.to_string(),
                "by": h.by,
                "field": h.field,
                "old": h.old,
                "new": h.new,
                "why": h.why,
            })
        });
        finding["commandLines"] = command_lines.collect();
        finding["evidence"] = self.evidence.iter().map(|event| EVIDENCE.object(event)).collect();
        finding["notes"] = notes.collect();
        finding["history"] = history.collect();
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
    writeln!(out, "\nEvidence ({})", shown.evidence.len())?;
    for event in shown.evidence {
        write_event(out, event, width)?;
    }
    if !shown.notes.is_empty() {
        writeln!(out, "\nNotes")?;
    }
    for note in shown.notes {
        writeln!(out, "  {}  {}", note.at.to_seconds_text(), printable(&note.by))?;
        for line in printable_lines(&note.text).lines() {
            writeln!(out, "    {line}")?;
        }
    }
    if !shown.history.is_empty() {
        writeln!(out, "\nHistory")?;
    }
    for entry in shown.history {
        write_change(out, entry)?;
    }
    Ok(())
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
    writeln!(out, "{}  {}", finding.id, printable(&device))?;
    let mut pairs = vec![("Rule", finding.rule.clone())];
    if let Some(rule) = shown.rule {
        pairs.push(("Hypothesis", rule.head.hypothesis.clone()));
        pairs.push(("Techniques", rule.head.techniques.join(", ")));
        pairs.push(("False positives", rule.head.false_positives.clone()));
    }
    pairs.push(("Device id", finding.device_id.clone()));
    pairs.push(("Status", finding.status.shown().to_owned()));
    pairs
        .push(("Verdict", format!("{} / {}", finding.classification.shown(), finding.determination.shown())));
    pairs.push(("Severity", finding.severity.to_string()));
    pairs.push(("Assigned to", finding.assigned_to.clone()));
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

fn write_event<W: Write + ?Sized>(out: &mut W, event: &Evidence, width: Option<usize>) -> io::Result<()> {
    let reason: Vec<String> =
        event.reason.iter().map(|(name, value)| format!("{name}: {}", plain(value))).collect();
    writeln!(out, "  {}  event {}  {}", event.time, event.event_id, printable(&reason.join("; ")))?;
    let chain = [
        process(&event.parent_file_name, event.parent_process_id),
        process(&event.initiating_file_name, event.initiating_process_id),
        process(&event.file_name, event.process_id),
    ];
    writeln!(out, "    {}", printable(&chain.join(" -> ")))?;
    for (label, value) in [
        ("parent ", event.initiating_command_line.clone()),
        ("command", event.command_line.clone()),
        ("account", account(event)),
        ("sha1   ", event.sha1.clone()),
        ("source ", format!("{} line {}", event.import_file_name, event.line)),
    ] {
        if !value.is_empty() {
            labelled(out, &format!("    {label}"), &value, width)?;
        }
    }
    Ok(())
}

/// A process of a chain; `?` where the export does not name it.
fn process(name: &str, pid: Option<i64>) -> String {
    let name = if name.is_empty() { "?" } else { name };
    pid.map_or_else(|| name.to_owned(), |pid| format!("{name} ({pid})"))
}

fn account(event: &Evidence) -> String {
    match (event.account_domain.as_str(), event.account_name.as_str()) {
        ("", name) => name.to_owned(),
        (domain, name) => format!("{domain}\\{name}"),
    }
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn write_change<W: Write + ?Sized>(out: &mut W, entry: &HistoryEntry) -> io::Result<()> {
    let why = if entry.why.is_empty() { String::new() } else { format!("  ({})", entry.why) };
    let change = format!("{}  {}: {} -> {}{why}", entry.by, entry.field, entry.old, entry.new);
    writeln!(out, "  {}  {}", entry.at.to_seconds_text(), printable(&change))
}
