//! What stands on the screen about one finding, row by row.
//!
//! Texts of events, notes and history come from elsewhere: each passes `printable` before it becomes a row.

use ratatui::text::{Line, Span};

use super::behaviour::Behaviour;
use super::fold::Entry;
use super::look::Look;
use super::shown::Shown;
use crate::cli::count::counted;
use crate::event::Timestamp;
use crate::findings::{Classification, HistoryEntry, Note};
use crate::report::{Word, account, mark, printable, process_chain};

/// Columns in which labels stand.
const INDENT: usize = 12;
/// The most behaviours on the page; `huntcase show` lists every event.
const MOST_BEHAVIOURS: usize = 50;
/// The most notes above the events; all of them stand below.
const MOST_NOTES: usize = 2;

/// The rows of a finding, none wider than `width`: what is known of it, then its events. What the rule means stands
/// below the newest of them where all of that fits in `height` rows, and below all events elsewhere.
pub fn rows(shown: &Shown<'_>, look: Look, width: usize, height: usize) -> Vec<Line<'static>> {
    let fold = |entries: Vec<Entry>| entries.iter().flat_map(|entry| entry.fold(width)).collect::<Vec<_>>();
    let mut parts = vec![fold(facts(shown))];
    parts.extend(shown.behaviours.iter().take(MOST_BEHAVIOURS).map(|alike| fold(events(alike, look))));
    parts.push(fold(left_out(shown)));
    let guidance = fold(guidance(shown));
    let above: usize = parts.iter().take(2).map(|part| part.len() + 1).sum();
    let has_room = parts.len() > 2 && above + guidance.len() <= height;
    parts.insert(if has_room { 2 } else { parts.len() }, guidance);
    parts.push(fold(listed("Notes", shown.notes.iter().rev().map(note_text).collect(), look)));
    parts.push(fold(listed("History", shown.history.iter().rev().map(change_text).collect(), look)));
    parts.retain(|part| !part.is_empty());
    parts.join(&Line::default())
}

/// What is known of the finding as a whole.
fn facts(shown: &Shown<'_>) -> Vec<Entry> {
    let finding = &shown.finding;
    let mut facts = vec![labelled("Rule", &finding.rule), labelled("Activity", &activity(shown))];
    if finding.classification != Classification::Unknown {
        let verdict = format!("{} / {}", finding.classification.shown(), finding.determination.shown());
        facts.push(labelled("Verdict", &verdict));
    }
    if !finding.assigned_to.is_empty() {
        facts.push(labelled("Assigned to", &finding.assigned_to));
    }
    if !finding.tags.is_empty() {
        facts.push(labelled("Tags", &finding.tags.join(", ")));
    }
    facts.extend(shown.notes.iter().rev().take(MOST_NOTES).map(|note| labelled("Note", &note_text(note))));
    facts
}

fn activity(shown: &Shown<'_>) -> String {
    let finding = &shown.finding;
    let events = counted(finding.events, "event", "events");
    let behaviours = counted(shown.behaviours.len() as i64, "behaviour", "behaviours");
    format!("{}, {events}, {behaviours}", span(finding.first_activity, finding.last_activity))
}

/// What the rule supposes, and how to tell what means nothing.
fn guidance(shown: &Shown<'_>) -> Vec<Entry> {
    let Some(rule) = shown.rule else { return Vec::new() };
    let mut entries = vec![labelled("Hypothesis", &rule.head.hypothesis)];
    if !rule.head.false_positives.is_empty() {
        entries.push(labelled("False pos.", &rule.head.false_positives));
    }
    entries
}

/// Events that are alike: when, why, and by which processes.
fn events(behaviour: &Behaviour, look: Look) -> Vec<Entry> {
    let event = &behaviour.newest;
    let when = match behaviour.events {
        1 => event.time.to_seconds_text(),
        events => format!("{}, {events} events", span(behaviour.first, event.time)),
    };
    let heading = format!("{when}  {}", printable(&behaviour.reason));
    let mut entries = vec![Entry { text: vec![Span::styled(heading, look.heading())], ..Entry::default() }];
    entries.push(labelled("Processes", &process_chain(event)));
    let (command, started_by) = marked_lines(behaviour);
    entries.push(marked("Command", &event.command_line, command, look));
    if !event.initiating_command_line.is_empty() {
        entries.push(marked("Started by", &event.initiating_command_line, started_by, look));
    }
    let others =
        [("Account", account(event)), ("SHA1", event.sha1.clone()), ("SHA256", event.sha256.clone())];
    let others = others.iter().filter(|(_, value)| !value.is_empty());
    entries.extend(others.map(|(label, value)| labelled(label, value)));
    entries
}

/// The words to mark in the command line, and those in the line that started it: a word that does not stand in the
/// one is what the rule found in the other.
fn marked_lines(behaviour: &Behaviour) -> (Vec<Word>, Vec<Word>) {
    let is_in_command =
        |word: &Word| !mark(&behaviour.newest.command_line, std::slice::from_ref(word)).is_empty();
    behaviour.words.iter().cloned().partition(is_in_command)
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

fn left_out(shown: &Shown<'_>) -> Vec<Entry> {
    let count = shown.behaviours.len().saturating_sub(MOST_BEHAVIOURS);
    if count == 0 {
        return Vec::new();
    }
    let more = counted(count as i64, "older behaviour", "older behaviours");
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

fn change_text(entry: &HistoryEntry) -> String {
    let why = if entry.why.is_empty() { String::new() } else { format!(" ({})", entry.why) };
    let (at, by) = (entry.at.to_seconds_text(), &entry.by);
    format!("{at} {by}: {} {} -> {}{why}", entry.field, entry.old, entry.new)
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
