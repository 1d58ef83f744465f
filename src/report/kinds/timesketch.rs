//! Events for Timesketch, a row an event, as JSONL or CSV.
//!
//! Timesketch needs `message`, `datetime` and `timestamp_desc`, reads `tag` as a list, counts `timestamp` in
//! microseconds, and takes every other column as it is. Sources:
//! <https://timesketch.org/guides/user/import-from-json-csv/>; `read_and_validate_csv`, `read_and_validate_jsonl` and
//! `_parse_tag_field` in its `lib/utils.py`.

use std::io::Write;

use super::super::{Column, Format, Layout, Value, Writer, printable, process_chain, why_in_words};
use super::words;
use crate::error::Result;
use crate::event::Timestamp;
use crate::findings::{Evidence, Extract, Finding};

const TICKS_PER_MICROSECOND: i64 = 10;

/// The columns of an event, each with its value.
type EventColumn = (&'static str, fn(&Evidence) -> Value);
/// The columns of a finding, which stand in the rows of all its events.
const OF_FINDING: [&str; 15] = [
    "finding_id",
    "rule",
    "rule_id",
    "hunt",
    "device_id",
    "severity",
    "status",
    "verdict",
    "determination",
    "verdict_until",
    "assigned_to",
    "tag",
    "notes",
    "history",
    "first_activity",
];
const OF_EVENT: [EventColumn; 25] = [
    ("device_name", |event| event.device_name.as_str().into()),
    ("parent_file_name", |event| event.parent_file_name.as_str().into()),
    ("parent_process_id", |event| event.parent_process_id.into()),
    ("initiating_process_file_name", |event| event.initiating_file_name.as_str().into()),
    ("initiating_process_id", |event| event.initiating_process_id.into()),
    ("initiating_process_command_line", |event| event.initiating_command_line.as_str().into()),
    ("file_name", |event| event.file_name.as_str().into()),
    ("folder_path", |event| event.folder_path.as_str().into()),
    ("process_id", |event| event.process_id.into()),
    ("process_command_line", |event| event.command_line.as_str().into()),
    ("account_domain", |event| event.account_domain.as_str().into()),
    ("account_name", |event| event.account_name.as_str().into()),
    ("sha1", |event| event.sha1.as_str().into()),
    ("sha256", |event| event.sha256.as_str().into()),
    ("reason", reason),
    ("rule_sha256", |event| event.rule_sha256.as_str().into()),
    ("run_id", |event| event.run_id.into()),
    ("event_id", |event| event.event_id.into()),
    ("report_id", |event| event.report_id.into()),
    ("event_time", |event| event.time.to_string().into()),
    ("import_id", |event| event.import_id.into()),
    ("import_file_name", |event| event.import_file_name.as_str().into()),
    ("import_line", |event| event.line.into()),
    ("recovered", |event| event.is_recovered.into()),
    ("data_type", |_| "defender:device_process_event".into()),
];

/// Writes one object a line.
///
/// # Errors
/// The case's database, or what `out` says.
pub fn write_jsonl<W: Write>(out: &mut W, extract: &Extract<'_>) -> Result<()> {
    write_rows(out, extract, Layout::new(Format::Jsonl))
}

/// Writes a header and one line an event. With `formula_guard`, text that a spreadsheet would read as a formula gets a
/// leading `'`.
///
/// # Errors
/// The case's database, or what `out` says.
pub fn write_csv<W: Write>(out: &mut W, extract: &Extract<'_>, formula_guard: bool) -> Result<()> {
    write_rows(out, extract, Layout { formula_guard, ..Layout::new(Format::Csv) })
}

fn write_rows<W: Write>(out: &mut W, extract: &Extract<'_>, layout: Layout) -> Result<()> {
    let mut writer = Writer::begin(out, layout, "events", columns())?;
    for reported in &extract.findings {
        let finding = &reported.finding;
        let of_finding = cells_of_finding(extract, finding)?;
        extract.each_event(finding.id, None, &mut |event| {
            Ok(writer.row(row(extract, finding, &of_finding, &event))?)
        })?;
    }
    writer.finish()?;
    Ok(())
}

fn columns() -> Vec<Column> {
    let mut names = vec!["message", "datetime", "timestamp_desc", "timestamp"];
    names.extend(OF_FINDING);
    names.extend(OF_EVENT.map(|(name, _)| name));
    names.extend(["rule_version", "import_sha256"]);
    names.into_iter().map(Column::named).collect()
}

/// The cells of [`OF_FINDING`].
fn cells_of_finding(extract: &Extract<'_>, finding: &Finding) -> Result<Vec<Value>> {
    let parts = extract.parts(finding.id)?;
    Ok(vec![
        finding.id.to_string().into(),
        finding.rule.as_str().into(),
        extract.rule_of(finding).map(|rule| rule.id.clone()).into(),
        finding.hunt.map(|id| id.to_string()).into(),
        finding.device_id.as_str().into(),
        finding.severity.name().into(),
        finding.status.name().into(),
        finding.classification.name().into(),
        finding.determination.name().into(),
        finding.verdict_until.map(|until| until.to_string()).into(),
        finding.assigned_to.as_str().into(),
        Value::List(finding.tags.clone()),
        Value::List(parts.notes.iter().map(words::note).collect()),
        Value::List(words::changes(&parts)),
        finding.first_activity.to_string().into(),
    ])
}

fn row(extract: &Extract<'_>, finding: &Finding, of_finding: &[Value], event: &Evidence) -> Vec<Value> {
    let mut row = Vec::with_capacity(6 + of_finding.len() + OF_EVENT.len());
    row.extend([
        message(finding, event).into(),
        datetime(event.time).into(),
        "Process event recorded".into(),
        event.time.ticks().div_euclid(TICKS_PER_MICROSECOND).into(),
    ]);
    row.extend(of_finding.iter().cloned());
    row.extend(OF_EVENT.iter().map(|(_, value)| value(event)));
    let versions = extract.rule_of(finding).map(|rule| rule.versions.as_slice()).unwrap_or_default();
    let version = versions.iter().find(|version| version.sha256 == event.rule_sha256);
    row.push(version.and_then(|version| version.head.as_ref()).map(|head| head.version.clone()).into());
    row.push(extract.import(event.import_id).map(|import| import.sha256.clone()).into());
    row
}

/// `encoded-powershell on web01: svchost.exe (7) -> w3wp.exe (8) -> cmd.exe (9): cmd.exe /c whoami`, made printable.
fn message(finding: &Finding, event: &Evidence) -> String {
    let device = if event.device_name.is_empty() { words::device(finding) } else { &event.device_name };
    let text = format!("{} on {device}: {}: {}", finding.rule, process_chain(event), event.command_line);
    printable(&text).into_owned()
}

/// The time as Timesketch writes it itself: to the microsecond, with an offset.
fn datetime(time: Timestamp) -> String {
    let mut text = time.to_string();
    // The last of seven digits, and the Z.
    text.truncate(text.len() - 2);
    text + "+00:00"
}

/// The rule's own columns as one text, since an index cannot know what they will be.
fn reason(event: &Evidence) -> Value {
    why_in_words(&event.why).into()
}
