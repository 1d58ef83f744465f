//! What stands on the screen about one finding, row by row.
//!
//! Texts of events, notes and history come from elsewhere: each passes `printable` before it becomes a row.

use ratatui::text::{Line, Span};

use super::fold::Entry;
use super::group::Group;
use super::look::Look;
use super::shown::Shown;
use crate::event::Timestamp;
use crate::findings::{Classification, Finding, FindingId, Note};
use crate::report::counted;
use crate::report::{
    Word, account, change_in_words, mark, matched_words, printable, process_chain, recovered_in_words,
    source, status_in_words, verdict_in_words,
};

/// Columns in which labels stand.
const INDENT: usize = 12;
/// The most groups of events on the page; `huntcase show` lists every event.
const MOST_GROUPS: usize = 50;
/// The most notes above the events; all of them stand below.
const MOST_NOTES: usize = 2;

/// The rows of a finding, none wider than `width`: what is known of it, then its events. What the rule means stands
/// below the newest of them where all of that fits in `height` rows, and below all events elsewhere.
pub fn rows(shown: &Shown, look: Look, width: usize, height: usize) -> Vec<Line<'static>> {
    let fold = |entries: Vec<Entry>| entries.iter().flat_map(|entry| entry.fold(width)).collect::<Vec<_>>();
    let mut parts = vec![fold(facts(shown, look))];
    parts.extend(
        shown
            .groups
            .iter()
            .take(MOST_GROUPS)
            .map(|alike| fold(events(alike, shown.finding.unseen.is_new, look))),
    );
    parts.push(fold(left_out(shown)));
    let guidance = fold(guidance(shown));
    let above: usize = parts.iter().take(2).map(|part| part.len() + 1).sum();
    let has_room = parts.len() > 2 && above + guidance.len() <= height;
    parts.insert(if has_room { 2 } else { parts.len() }, guidance);
    parts.push(fold(listed("Notes", shown.notes.iter().rev().map(note_text).collect(), look)));
    parts.push(fold(listed("History", changes(shown), look)));
    parts.retain(|part| !part.is_empty());
    parts.join(&Line::default())
}

/// What is known of the finding as a whole.
fn facts(shown: &Shown, look: Look) -> Vec<Entry> {
    let finding = &shown.finding;
    // The bar says the word; the page only where there is more to say.
    let status = status_in_words(finding);
    let has_verdict = finding.classification != Classification::Unknown || finding.former.is_some();
    let link = |id: Option<_>| id.map_or_else(String::new, |id: FindingId| id.to_string());
    let pairs = [
        ("Rule", finding.rule.clone()),
        ("Activity", activity(shown)),
        ("New", news(finding)),
        ("Status", if status == finding.status.shown() { String::new() } else { status }),
        ("Verdict", if has_verdict { verdict_in_words(finding) } else { String::new() }),
        ("Recovered", recovered_in_words(finding)),
        ("Reason", shown.former_reason().to_owned()),
        ("Assigned to", finding.assigned_to.clone()),
        ("Tags", finding.tags.join(", ")),
        ("Follows", link(finding.predecessor)),
        ("Followed by", link(finding.successor)),
    ];
    let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
    let mut facts: Vec<Entry> = pairs.map(|(label, value)| labelled(label, value)).collect();
    for fact in facts.iter_mut().filter(|fact| ["New", "Recovered"].contains(&fact.label.content.as_ref())) {
        fact.text.iter_mut().for_each(|span| span.style = look.news());
    }
    facts.extend(shown.notes.iter().rev().take(MOST_NOTES).map(|note| labelled("Note", &note_text(note))));
    facts
}

fn activity(shown: &Shown) -> String {
    let finding = &shown.finding;
    let mut text = span(finding.first_activity, finding.last_activity);
    text += &format!(", {}", counted(finding.events, "event", "events"));
    if finding.events > 1 {
        text += &format!(", {} distinct", shown.groups.len());
    }
    if finding.hidden_events > 0 {
        text += &format!(", {} hidden", finding.hidden_events);
    }
    text
}

/// What the analyst has not seen before.
fn news(finding: &Finding) -> String {
    let unseen = finding.unseen;
    let events = counted(unseen.events, "event, marked *", "events, marked *");
    let changes = counted(unseen.changes, "change", "changes");
    match (unseen.is_new, unseen.events, unseen.changes) {
        (true, ..) => "you have not looked at it before".to_owned(),
        (_, 0, 0) => String::new(),
        (_, 0, _) => format!("{changes} since you looked"),
        (_, _, 0) => format!("{events}, since you looked"),
        _ => format!("{events}, and {changes} since you looked"),
    }
}

/// What the rule supposes, and how to tell what means nothing.
fn guidance(shown: &Shown) -> Vec<Entry> {
    let Some(head) = &shown.head else { return Vec::new() };
    let mut entries = vec![labelled("Hypothesis", &head.hypothesis)];
    if !head.false_positives.is_empty() {
        entries.push(labelled("False pos.", &head.false_positives));
    }
    entries
}

/// Events that are alike: when, why, and by which processes. Where all is new to the analyst, nothing is marked as new.
fn events(group: &Group, is_all_new: bool, look: Look) -> Vec<Entry> {
    let event = &group.newest;
    let ahead = if event.is_ahead { ", ahead of the clock" } else { "" };
    let when = match group.events {
        1 => event.time.to_seconds_text(),
        events => format!("{}, {events} events", span(group.first, event.time)),
    } + ahead;
    let heading = format!("{when}  {}", printable(&group.reason));
    let heading = match (group.new_events, group.events) {
        (new, _) if new == 0 || is_all_new => Span::styled(heading, look.heading()),
        (1, 1) => Span::styled(format!("* {heading}"), look.news()),
        (new, _) => Span::styled(format!("* {new} new: {heading}"), look.news()),
    };
    let mut entries = vec![Entry { text: vec![heading], ..Entry::default() }];
    entries.push(labelled("Processes", &process_chain(event)));
    let words = |column: &str| matched_words(&event.why, column);
    entries.push(marked("Command", &event.command_line, words("ProcessCommandLine"), look));
    if !event.initiating_command_line.is_empty() {
        let started_by = words("InitiatingProcessCommandLine");
        entries.push(marked("Started by", &event.initiating_command_line, started_by, look));
    }
    let others = [
        ("Account", account(event)),
        ("SHA1", event.sha1.clone()),
        ("SHA256", event.sha256.clone()),
        ("Source", if event.is_recovered { source(event) } else { String::new() }),
    ];
    let others = others.iter().filter(|(_, value)| !value.is_empty());
    entries.extend(others.map(|(label, value)| labelled(label, value)));
    entries
}

fn marked(label: &'static str, text: &str, words: Vec<Word>, look: Look) -> Entry {
    let mut spans = Vec::new();
    let mut done = 0;
    for part in mark(text, &words) {
        spans.push(Span::raw(printable(&text[done..part.start]).into_owned()));
        spans.push(Span::styled(printable(&text[part.clone()]).into_owned(), look.mark()));
        done = part.end;
    }
    spans.push(Span::raw(printable(&text[done..]).into_owned()));
    Entry { indent: INDENT, label: Span::raw(label), text: spans }
}

fn left_out(shown: &Shown) -> Vec<Entry> {
    let count = shown.groups.len().saturating_sub(MOST_GROUPS);
    if count == 0 {
        return Vec::new();
    }
    let more = counted(count as i64, "older kind of event", "older kinds of event");
    plain_rows(&[format!("{more}; huntcase show {} lists every event", shown.finding.id)])
}

/// Rows under a title; none without rows.
fn listed(title: &'static str, texts: Vec<String>, look: Look) -> Vec<Entry> {
    if texts.is_empty() {
        return Vec::new();
    }
    let title = Entry { text: vec![Span::styled(title, look.heading())], ..Entry::default() };
    std::iter::once(title).chain(plain_rows(&texts)).collect()
}

fn note_text(note: &Note) -> String {
    format!("{} {}: {}", note.at.to_seconds_text(), note.by, note.text.replace('\n', " "))
}

/// What was changed, the newest first, without what only follows from another change or stands among the notes.
fn changes(shown: &Shown) -> Vec<String> {
    let changes = shown.history.iter().rev().filter(|entry| !entry.is_consequence() && entry.field != "note");
    changes.map(|entry| format!("{} {}", entry.at.to_seconds_text(), change_in_words(entry))).collect()
}

fn labelled(label: &'static str, text: &str) -> Entry {
    let text = vec![Span::raw(printable(text).into_owned())];
    Entry { indent: INDENT, label: Span::raw(label), text }
}

fn plain_rows(texts: &[String]) -> Vec<Entry> {
    let row = |text: &str| Entry { text: vec![Span::raw(printable(text).into_owned())], ..Entry::default() };
    texts.iter().map(|text| row(text)).collect()
}

/// From one time to another; one time where they are the same.
fn span(first: Timestamp, last: Timestamp) -> String {
    let (first, last) = (first.to_seconds_text(), last.to_seconds_text());
    if first == last { first } else { format!("{first} to {last}") }
}
