//! What the top of the page says in words and numbers, and the rows of its table.

use super::super::super::{counted, grouped};
use super::super::words::{self, device};
use crate::findings::{Classification, Extract, Finding, Status};

/// The verdicts in the order of reports.
pub const VERDICTS: [Classification; 4] = [
    Classification::TruePositive,
    Classification::Unknown,
    Classification::InformationalExpectedActivity,
    Classification::FalsePositive,
];

/// A count, what it is of, and the class that gives it its colour and pattern.
pub struct Number {
    pub class: &'static str,
    pub label: &'static str,
    pub count: String,
}

/// A finding's row.
pub struct Row<'a> {
    pub finding: &'a Finding,
    pub device: &'a str,
    pub change: String,
    pub verdict: &'static str,
    /// Sorts as severities do.
    pub severity: usize,
    pub events: String,
    /// Whether the finding stands in full below.
    pub has_details: bool,
}

/// How many findings have each verdict.
pub fn verdicts(extract: &Extract<'_>) -> Vec<Number> {
    let number = |verdict: Classification| Number {
        class: verdict.name(),
        label: label(verdict),
        count: grouped(extract.count(|finding| finding.classification == verdict)),
    };
    VERDICTS.map(number).into()
}

/// A verdict on a page that has one word for those without.
pub const fn label(verdict: Classification) -> &'static str {
    match verdict {
        Classification::Unknown => "No verdict",
        other => other.shown(),
    }
}

/// The answer in plain words.
pub fn answer(extract: &Extract<'_>) -> String {
    let count = |holds: &dyn Fn(&Finding) -> bool| extract.count(holds);
    let total = extract.findings.len() as i64;
    if extract.as_of.is_none() {
        return "No rule has run yet: nothing can be said of findings.".to_owned();
    }
    match (total, extract.is_narrowed) {
        (0, true) => return "No finding is of the kind that was asked for.".to_owned(),
        (0, false) => return "There are no findings.".to_owned(),
        _ => {}
    }
    let confirmed = count(&|finding| finding.classification == Classification::TruePositive);
    let open = count(&|finding| {
        finding.classification == Classification::Unknown && finding.status != Status::Resolved
    });
    let undetermined = count(&|finding| {
        finding.classification == Classification::Unknown && finding.status == Status::Resolved
    });
    let harmless = total - confirmed - open - undetermined;
    let parts = [
        (confirmed, "confirmed as a threat"),
        (open, "still to be judged"),
        (undetermined, "closed undetermined"),
        (harmless, "benign or false positives"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{} {words}", grouped(count)))
        .collect();
    let asked_for = if extract.is_narrowed { " that were asked for" } else { "" };
    format!("Of {}{asked_for}: {}.", counted(total, "finding", "findings"), parts.join(", "))
}

/// What is new, in plain words.
pub fn news(extract: &Extract<'_>) -> String {
    let Some(since) = extract.since else {
        return "This is the first report.".to_owned();
    };
    let count = |word: &str| {
        let news = extract.findings.iter().filter_map(|reported| reported.news);
        news.filter(|news| news.name() == word).count() as i64
    };
    let (new, changed) = (count("new"), count("changed"));
    let since = since.at.to_seconds_text();
    match (new, changed) {
        (0, 0) if extract.is_narrowed => format!("Nothing of this is new since {since}."),
        (0, 0) => format!("Nothing is new since {since}."),
        _ => format!(
            "Since {since}: {} new, {} changed.",
            counted(new, "finding", "findings"),
            grouped(changed)
        ),
    }
}

/// The table's rows.
pub fn rows<'a>(extract: &'a Extract<'_>, limit: usize, with_details: usize) -> Vec<Row<'a>> {
    let row = |(index, reported): (usize, &'a crate::findings::Reported)| Row {
        finding: &reported.finding,
        device: device(&reported.finding),
        change: words::news(reported.news),
        verdict: label(reported.finding.classification),
        severity: reported.finding.severity as usize,
        events: grouped(reported.finding.events),
        has_details: index < with_details,
    };
    extract.findings.iter().take(limit).enumerate().map(row).collect()
}
