//! The first sheet: what a reader has to know who reads nothing else.

use rust_xlsxwriter::{Format, Workbook, Worksheet};

use super::{cell, from_xlsx};
use crate::error::Result;
use crate::findings::{Action, Classification, Extract, Status};
use crate::report::{grouped, limits_in_words, window_in_words};

/// A line of the sheet.
enum Line {
    Heading(String),
    Alarm(String),
    Pair(String, String),
}

/// Writes the sheet.
pub fn sheet(book: &mut Workbook, extract: &Extract<'_>) -> Result<Worksheet> {
    let mut sheet = book.new_worksheet_with_constant_memory().map_err(from_xlsx)?;
    sheet.set_name("Summary").map_err(from_xlsx)?;
    sheet.set_column_width(0, 34.0).map_err(from_xlsx)?;
    sheet.set_column_width(1, 100.0).map_err(from_xlsx)?;
    sheet.set_freeze_panes(1, 0).map_err(from_xlsx)?;
    let bold = Format::new().set_bold();
    let alarm = Format::new().set_bold().set_font_color("#FFFFFF").set_background_color("#C00000");
    for (row, line) in (0..).zip(lines(extract)) {
        match &line {
            Line::Heading(text) => write_loud(&mut sheet, row, text, &bold)?,
            Line::Alarm(text) => write_loud(&mut sheet, row, text, &alarm)?,
            Line::Pair(label, value) => {
                cell::write_text(&mut sheet, row, 0, label, false)?;
                cell::write_text(&mut sheet, row, 1, value, false)?;
            }
        }
    }
    Ok(sheet)
}

fn write_loud(sheet: &mut Worksheet, row: u32, text: &str, format: &Format) -> Result<()> {
    let text = cell::readable(text, false).into_owned();
    sheet.write_string_with_format(row, 0, cell::fit(&text), format).map_err(from_xlsx)?;
    Ok(())
}

fn lines(extract: &Extract<'_>) -> Vec<Line> {
    let mut lines = vec![Line::Heading("huntcase report".to_owned())];
    lines.extend(alarms(extract));
    let as_of = extract.as_of.map_or_else(|| "no run yet".to_owned(), |at| at.to_string());
    lines.push(pair("As of", as_of));
    for rule in &extract.rules {
        let asked = rule.window.as_ref().map_or_else(|| "not yet".to_owned(), window_in_words);
        lines.push(pair(format!("Last asked: {}", rule.name), asked));
    }
    lines.extend(limits_in_words(&extract.limits).into_iter().map(|line| pair("Not looked at", line)));
    lines.push(pair("Findings", number(extract.findings.len())));
    lines.push(pair("Events of the findings", grouped(extract.events())));
    lines.push(pair("Devices", number(extract.devices.len())));
    lines.push(pair("Inputs", inputs(extract)));
    lines.push(pair("Suppressions", suppressions(extract)));
    lines.extend(news(extract));
    lines.push(Line::Heading("Findings by verdict".to_owned()));
    for verdict in Classification::ALL {
        lines.push(count(extract, verdict.shown(), |finding| finding.classification == *verdict));
    }
    lines.push(Line::Heading("Findings by status".to_owned()));
    for status in Status::ALL {
        lines.push(count(extract, status.shown(), |finding| finding.status == *status));
    }
    lines.extend(hunts(extract));
    lines
}

fn pair(label: impl Into<String>, value: impl Into<String>) -> Line {
    Line::Pair(label.into(), value.into())
}

fn number(count: usize) -> String {
    grouped(count as i64)
}

fn count(extract: &Extract<'_>, label: &str, holds: impl Fn(&crate::findings::Finding) -> bool) -> Line {
    pair(label, grouped(extract.count(holds)))
}

/// What makes the report less than whole.
fn alarms(extract: &Extract<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    if !extract.failed.is_empty() {
        let count = extract.failed.len();
        let rules = if count == 1 { "RULE" } else { "RULES" };
        let text =
            format!("{count} {rules} FAILED IN THE NEWEST RUN: WHAT THIS REPORT SAYS OF THEM IS NOT ALL");
        lines.push(Line::Alarm(text));
    }
    for run in &extract.failed {
        let why = run.failure.as_deref().unwrap_or_default();
        lines.push(pair(format!("Failed: {}", run.rule), why));
    }
    if extract.is_narrowed {
        lines.push(Line::Alarm("NOT ALL FINDINGS: ONLY THOSE THAT WERE ASKED FOR".to_owned()));
    }
    lines
}

fn inputs(extract: &Extract<'_>) -> String {
    let rows: i64 = extract.imports.iter().map(|import| import.rows_read).sum();
    let rejected: i64 = extract.imports.iter().map(|import| import.rows_rejected).sum();
    let files = number(extract.imports.len());
    format!("{files}, {} rows read, {} rejected", grouped(rows), grouped(rejected))
}

fn suppressions(extract: &Extract<'_>) -> String {
    let hiding = extract.suppressions.iter().filter(|one| one.action == Action::Hide);
    let hidden: i64 = hiding.map(|one| one.hidden_events).sum();
    format!("{}, hiding {} events", number(extract.suppressions.len()), grouped(hidden))
}

/// What is new since the last report.
fn news(extract: &Extract<'_>) -> Vec<Line> {
    let Some(since) = &extract.since else {
        return vec![pair("New", "nothing was reported before")];
    };
    let news: Vec<_> = extract.findings.iter().filter_map(|reported| reported.news).collect();
    let of_word = |word: &str| news.iter().filter(|news| news.name() == word).count();
    let events: i64 = news.iter().map(|news| news.events).sum();
    vec![
        Line::Heading(format!("New since {}", since.at)),
        pair("New findings", number(of_word("new"))),
        pair("Changed findings", number(of_word("changed"))),
        pair("New events", grouped(events)),
    ]
}

fn hunts(extract: &Extract<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    for hunt in &extract.hunts {
        lines.push(Line::Heading(format!("Hunt {}: {}", hunt.id, hunt.name)));
        lines.push(pair("Hypothesis", hunt.hypothesis.as_str()));
        lines.push(pair("Status", hunt.status.shown()));
        lines.push(pair("Status of the hypothesis", hunt.hypothesis_status.shown()));
        lines.push(pair("Owner", hunt.owner.as_str()));
        let rules: Vec<&str> = hunt.rules.iter().map(|rule| rule.name.as_str()).collect();
        lines.push(pair("Rules", rules.join(", ")));
    }
    lines
}
