//! What several kinds of reports say in the same words.

use super::super::{change_in_words, counted, grouped, verdict_in_words};
use crate::findings::{Classification, Extract, Finding, HistoryEntry, News, Note, Parts};
use crate::store::Import;

/// What is new of a finding: `new`, `+3 events`, `changed`; `""` for nothing.
pub fn news(news: Option<News>) -> String {
    match news {
        Some(News { is_new: false, events: 1.., .. }) => {
            format!("+{}", counted(news.map_or(0, |news| news.events), "event", "events"))
        }
        Some(news) => news.name().to_owned(),
        None => String::new(),
    }
}

/// What was taken in, in numbers: `3 files, 66 rows, 1 rejected`.
pub fn inputs(extract: &Extract<'_>) -> String {
    let sum = |rows: fn(&Import) -> i64| extract.imports.iter().map(rows).sum();
    format!(
        "{}, {}, {} rejected",
        counted(extract.imports.len() as i64, "file", "files"),
        counted(sum(|import| import.rows_read), "row", "rows"),
        grouped(sum(|import| import.rows_rejected))
    )
}

/// The device's name, or its id where it has none.
pub fn device(finding: &Finding) -> &str {
    if finding.device_name.is_empty() { &finding.device_id } else { &finding.device_name }
}

/// `2026-05-04 10:00:00Z kim: it was the backup`.
pub fn note(note: &Note) -> String {
    format!("{} {}: {}", note.at.to_seconds_text(), note.by, note.text)
}

/// The changes that say something of their own, in the order in which they were made. Notes are not among them.
pub fn changes(parts: &Parts) -> Vec<String> {
    let says_something = |entry: &&HistoryEntry| !entry.is_consequence() && entry.field != "note";
    let in_words =
        |entry: &HistoryEntry| format!("{} {}", entry.at.to_seconds_text(), change_in_words(entry));
    parts.history.iter().filter(says_something).map(in_words).collect()
}

/// `F-3 on web01: True positive / Malware, Resolved; tags apt, web; 2 notes`.
pub fn finding(finding: &Finding) -> String {
    let mut text = format!(
        "{} on {}: {}, {}",
        finding.id,
        device(finding),
        verdict_in_words(finding),
        finding.status.shown()
    );
    if !finding.tags.is_empty() {
        text += &format!("; tags {}", finding.tags.join(", "));
    }
    if finding.notes > 0 {
        text += &format!("; {}", counted(finding.notes, "note", "notes"));
    }
    text
}

/// How many findings have each verdict: `2 true positive, 1 not set`; `""` for no findings.
pub fn by_verdict<'f>(findings: impl Iterator<Item = &'f Finding> + Clone) -> String {
    let of = |verdict| findings.clone().filter(|finding| finding.classification == verdict).count() as i64;
    let counts = [
        Classification::TruePositive,
        Classification::Unknown,
        Classification::InformationalExpectedActivity,
        Classification::FalsePositive,
    ];
    let in_words = |verdict: Classification| match of(verdict) {
        0 => None,
        count => Some(format!("{} {}", grouped(count), verdict.shown().to_lowercase())),
    };
    counts.into_iter().filter_map(in_words).collect::<Vec<_>>().join("; ")
}
