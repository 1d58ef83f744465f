//! Findings and events as reports have them: with what belongs to them, and without what an analyst has seen.

use serde_json::{Value as Json, json};

use super::super::{Column, Value};
use super::finding::{EVIDENCE, FINDINGS};
use super::{HISTORY, Sheet, text};
use crate::findings::{Evidence, Finding, Note, Parts, Reported};
use crate::store::Import;

/// What is said of a finding to the analyst who asks, and to nobody else.
const OF_ANALYST: [&str; 2] = ["unseen", "eventsUnseen"];
/// What no event of a report has: it is not hidden, and nobody is asked whether it was seen.
const NOT_REPORTED: [&str; 2] = ["hiddenBy", "unseen"];

/// Findings, each with what belongs to it but its events.
pub const REPORTED: Sheet<(Reported, Parts)> =
    Sheet { kind: "findings", columns: reported_columns, row: reported_row };

fn reported_columns() -> Vec<Column> {
    let mut columns = (FINDINGS.columns)();
    columns.retain(|column| !OF_ANALYST.contains(&column.name.as_ref()));
    let more = ["change", "eventsAdded", "ruleVersions", "imports", "notes", "history"];
    columns.extend(more.map(Column::named));
    columns
}

fn reported_row((reported, parts): &(Reported, Parts)) -> Vec<Value> {
    let names = (FINDINGS.columns)();
    let values = (FINDINGS.row)(&reported.finding);
    let kept = names.iter().zip(values).filter(|(column, _)| !OF_ANALYST.contains(&column.name.as_ref()));
    let mut row: Vec<Value> = kept.map(|(_, value)| value).collect();
    row.extend([
        reported.news.map(|news| news.name()).into(),
        reported.news.map(|news| news.events).into(),
        Value::List(parts.rule_versions.clone()),
        Value::Json(parts.imports.iter().map(input).collect()),
        Value::Json(notes(&parts.notes)),
        Value::Json(parts.history.iter().map(|entry| HISTORY.object(entry)).collect()),
    ]);
    row
}

/// The file that events came with, so that it can be known again.
fn input(import: &Import) -> Json {
    json!({ "id": import.id, "fileName": import.file_name, "sha256": import.sha256 })
}

/// Notes as a JSON array.
pub fn notes(notes: &[Note]) -> Json {
    notes.iter().map(|note| json!({ "at": note.at.to_string(), "by": note.by, "text": note.text })).collect()
}

/// The columns of an event within its finding.
pub fn event_columns() -> Vec<Column> {
    let mut columns = (EVIDENCE.columns)();
    columns.retain(|column| !NOT_REPORTED.contains(&column.name.as_ref()));
    columns.push(Column::named("importSha256"));
    columns
}

/// An event within its finding, with the file that it came with.
pub fn event_row(event: &Evidence, import: Option<&Import>) -> Vec<Value> {
    let mut row = (EVIDENCE.row)(event);
    // They stand at the end.
    row.truncate(row.len() - NOT_REPORTED.len());
    row.push(text(import.map_or("", |import| &import.sha256)));
    row
}

/// What a table of events says of the finding before each.
pub fn event_prefix_columns() -> Vec<Column> {
    let names = [
        "finding",
        "rule",
        "deviceId",
        "severity",
        "status",
        "classification",
        "determination",
        "assignedTo",
        "tags",
        "notes",
    ];
    names.map(Column::named).into()
}

/// The same of one finding.
pub fn event_prefix(finding: &Finding, parts: &Parts) -> Vec<Value> {
    vec![
        text(&finding.id.to_string()),
        text(&finding.rule),
        text(&finding.device_id),
        text(finding.severity.name()),
        text(finding.status.name()),
        text(finding.classification.name()),
        text(finding.determination.name()),
        text(&finding.assigned_to),
        Value::List(finding.tags.clone()),
        Value::Json(notes(&parts.notes)),
    ]
}
