//! What the queries are about, in comments. Nothing in them can end a line.

use std::io::Write;

use super::super::super::{limits_in_words, printable};
use super::super::words::{self, by_verdict};
use super::Shape;
use super::part::{KEPT_DAYS, Kept};
use crate::error::Result;
use crate::event::TICKS_PER_SECOND;
use crate::findings::{Extract, Reported, RuleOfCase};
use crate::report::{counted, grouped};

/// Writes the comments.
pub fn write<W: Write>(out: &mut W, extract: &Extract<'_>, kept: &Kept) -> Result<()> {
    let mut lines = whole(extract, kept);
    lines.extend(retention(extract));
    lines.extend(alarms(extract));
    lines.extend(hunts(extract));
    extract.rules.iter().for_each(|rule| lines.extend(versions(rule)));
    lines.extend(inputs(extract));
    for line in &lines {
        write_line(out, line)?;
    }
    for reported in &extract.findings {
        write_finding(out, extract, reported)?;
    }
    Ok(())
}

fn write_line<W: Write>(out: &mut W, line: &str) -> Result<()> {
    Ok(writeln!(out, "// {}", printable(line))?)
}

fn whole(extract: &Extract<'_>, kept: &Kept) -> Vec<String> {
    let findings = extract.findings.iter().map(|reported| &reported.finding);
    let as_of = extract.as_of.map_or_else(|| "before the first run".to_owned(), |at| format!("as of {at}"));
    let events: usize = kept.parts.iter().map(|part| part.events).sum();
    let exact = kept.parts.iter().filter(|part| part.shape == Shape::EXACT);
    let others = (events - exact.map(|part| part.events).sum::<usize>()) as i64;
    let queries = match kept.parts.len() {
        1 => "1 query".to_owned(),
        count => format!("{} queries", grouped(count as i64)),
    };
    let mut lines = vec![
        format!("huntcase, {as_of}: {queries} for Microsoft Defender advanced hunting."),
        format!(
            "They find {} of {} again{}{}.",
            counted(events as i64, "event", "events"),
            counted(extract.findings.len() as i64, "finding", "findings"),
            if extract.findings.is_empty() { "" } else { ": " },
            by_verdict(findings)
        ),
        "An event that several findings show is named once for each of them.".to_owned(),
    ];
    if others > 0 {
        let text = "without ReportId or DeviceId cannot be named exactly; the last parts come near to them.";
        lines.push(format!("{} {text}", counted(others, "event", "events")));
    }
    lines
}

/// What can still be found, by the as-of and not by the clock.
fn retention(extract: &Extract<'_>) -> Vec<String> {
    let mut lines = vec![format!(
        "Defender keeps {KEPT_DAYS} days. Microsoft Sentinel, where it takes the table in, may keep longer: the same \
         queries run there."
    )];
    let findings = || extract.findings.iter().map(|reported| &reported.finding);
    let first = findings().map(|finding| finding.first_activity).min();
    let last = findings().map(|finding| finding.last_activity).max();
    if let (Some(as_of), Some(first), Some(last)) = (extract.as_of, first, last) {
        let days = |ticks: i64| grouped(ticks.div_euclid(86_400 * TICKS_PER_SECOND));
        let (old, young) = (days(as_of.ticks() - first.ticks()), days(as_of.ticks() - last.ticks()));
        lines.push(format!("At the as-of the events were {young} to {old} days old: {first} to {last}."));
    }
    lines
}

fn alarms(extract: &Extract<'_>) -> Vec<String> {
    let failed = extract.failed.iter().map(|run| {
        let why = run.failure.as_deref().unwrap_or_default();
        format!("RULE FAILED when it last ran, what is said of it is not all: {}: {why}", run.rule)
    });
    let narrowed =
        extract.is_narrowed.then(|| "Not all findings: only those that were asked for.".to_owned());
    let limits = limits_in_words(&extract.limits).into_iter().map(|line| format!("Not looked at: {line}"));
    failed.chain(limits).chain(narrowed).collect()
}

fn hunts(extract: &Extract<'_>) -> Vec<String> {
    let in_words = |hunt: &crate::findings::Hunt| {
        let (status, hypothesis) = (hunt.status.shown(), hunt.hypothesis_status.shown());
        format!("Hunt {} {}, {status}, hypothesis {hypothesis}: {}", hunt.id, hunt.name, hunt.hypothesis)
    };
    extract.hunts.iter().map(in_words).collect()
}

fn versions(rule: &RuleOfCase) -> Vec<String> {
    let in_words = |version: &crate::findings::RuleVersion| {
        let number = version.head.as_ref().map_or("?", |head| head.version.as_str());
        let first = version.first_run_at.to_seconds_text();
        format!("Rule {} version {number} sha256 {}, first run {first}", rule.name, version.sha256)
    };
    rule.versions.iter().map(in_words).collect()
}

fn inputs(extract: &Extract<'_>) -> Vec<String> {
    let in_words = |import: &crate::store::Import| {
        let rows = counted(import.rows_read, "row", "rows");
        format!("Input {} {} sha256 {}, {rows}", import.id, import.file_name, import.sha256)
    };
    extract.imports.iter().map(in_words).collect()
}

/// A line for the finding, and one for each of its notes and changes.
fn write_finding<W: Write>(out: &mut W, extract: &Extract<'_>, reported: &Reported) -> Result<()> {
    let finding = &reported.finding;
    let parts = extract.parts(finding.id)?;
    let inputs: Vec<String> = parts.imports.iter().map(|import| import.id.to_string()).collect();
    let line = format!(
        "{}; rule {} sha256 {}; {} from input {}",
        words::finding(finding),
        finding.rule,
        parts.rule_versions.join(", "),
        counted(finding.events, "event", "events"),
        inputs.join(", ")
    );
    write_line(out, &line)?;
    for note in &parts.notes {
        write_line(out, &format!("  note {}", words::note(note)))?;
    }
    for change in words::changes(&parts) {
        write_line(out, &format!("  {change}"))?;
    }
    Ok(())
}
