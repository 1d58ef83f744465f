//! One finding in full.

use std::io::Write;

use askama::Template;

use super::super::super::{
    account, change_in_words, counted, mark, matched_words, process_chain, recovered_in_words, source,
    status_in_words, time_in_words, verdict_in_words, why_in_words,
};
use super::super::words::{self, device};
use super::numbers::label;
use super::pictures::{CHAINS_SHOWN, Chains, Timeline, chains, timeline};
use super::sums::Sums;
use super::{fill, first};
use crate::error::Result;
use crate::findings::{Evidence, Extract, Finding, Note, Parts, Reported};
use crate::rules::Head;

/// Of long evidence the first and the last events are shown, so many of each.
const EVENTS_AT_EACH_END: usize = 10;
const NOTES_SHOWN: usize = 50;
const CHANGES_SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "finding.html", config = "src/report/kinds/html/askama.toml")]
struct Details<'a> {
    finding: &'a Finding,
    head: Option<&'a Head>,
    parts: &'a Parts,
    device: &'a str,
    class: &'static str,
    change: String,
    label: &'static str,
    status: String,
    verdict: String,
    recovered: String,
    timeline: Timeline,
    chains: Chains,
    notes: &'a [Note],
    folded_notes: usize,
    events_in_words: String,
    events: Vec<Event>,
    folded_events: usize,
    fold_at: usize,
    changes: Vec<Change>,
    folded_changes: usize,
}

struct Event {
    event: Evidence,
    reason: String,
    time: String,
    chain: String,
    account: String,
    source: String,
    command: Vec<Part>,
}

/// A part of a command line, and whether it made the rule match.
struct Part {
    text: String,
    is_marked: bool,
}

struct Change {
    at: String,
    words: String,
}

/// Writes a finding.
pub fn write<W: Write>(out: &mut W, extract: &Extract<'_>, reported: &Reported, sums: &Sums) -> Result<()> {
    let finding = &reported.finding;
    let parts = extract.parts(finding.id)?;
    let times = extract.times(finding.id)?;
    let ids: Vec<i64> = times.iter().map(|(event_id, _)| *event_id).collect();
    let folded_events = ids.len().saturating_sub(2 * EVENTS_AT_EACH_END);
    let mut events = Vec::new();
    extract.each_event(finding.id, Some(&at_the_ends(&ids)), &mut |event| {
        events.push(event_of(event));
        Ok(())
    })?;
    let said = parts.history.iter().filter(|entry| !entry.is_consequence() && entry.field != "note");
    let all: Vec<_> = said.collect();
    let folded_changes = all.len().saturating_sub(CHANGES_SHOWN);
    let changes = all[folded_changes..]
        .iter()
        .map(|entry| Change { at: entry.at.to_seconds_text(), words: change_in_words(entry) });
    let folded_notes = parts.notes.len().saturating_sub(NOTES_SHOWN);
    let details = Details {
        finding,
        head: extract.rule_of(finding).and_then(|rule| rule.head()),
        device: device(finding),
        class: finding.classification.name(),
        change: words::news(reported.news),
        label: label(finding.classification),
        status: status_in_words(finding),
        verdict: verdict_in_words(finding),
        recovered: recovered_in_words(finding),
        timeline: timeline(finding, &times, sums),
        chains: chains(&extract.chains(finding.id, CHAINS_SHOWN)?),
        notes: &parts.notes[folded_notes..],
        folded_notes,
        events_in_words: counted(finding.events, "event", "events"),
        events,
        folded_events,
        fold_at: EVENTS_AT_EACH_END,
        changes: changes.collect(),
        folded_changes,
        parts: &parts,
    };
    fill(out, &details)
}

/// The first and the last of many, or all of few.
fn at_the_ends(ids: &[i64]) -> Vec<i64> {
    if ids.len() <= 2 * EVENTS_AT_EACH_END {
        return ids.to_vec();
    }
    [first(ids, EVENTS_AT_EACH_END), &ids[ids.len() - EVENTS_AT_EACH_END..]].concat()
}

fn event_of(event: Evidence) -> Event {
    Event {
        reason: why_in_words(&event.why),
        time: time_in_words(&event),
        chain: process_chain(&event),
        account: account(&event),
        source: source(&event),
        command: command(&event),
        event,
    }
}

/// The command line in parts, those marked that made the rule match.
fn command(event: &Evidence) -> Vec<Part> {
    let text = event.command_line.as_str();
    let mut parts = Vec::new();
    let mut end = 0;
    for marked in mark(text, &matched_words(&event.why, "ProcessCommandLine")) {
        parts.push(Part { text: text[end..marked.start].to_owned(), is_marked: false });
        end = marked.end;
        parts.push(Part { text: text[marked].to_owned(), is_marked: true });
    }
    parts.push(Part { text: text[end..].to_owned(), is_marked: false });
    parts
}
