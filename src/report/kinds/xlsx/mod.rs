//! A report as a workbook for Excel and its kin.
//!
//! Every text is written as a text, never as a formula or a link, and spelled out where a character could deceive or
//! XML has no place for it. What Excel cannot hold is cut, and says so.

mod book;
mod cell;
mod evidence;
mod summary;

use std::fs::File;
use std::io::{self, Seek, Write};
use std::sync::Arc;
use std::thread;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::super::sheets::{DEVICES, EVIDENCE, FINDINGS, HISTORY, IMPORTS, SUPPRESSIONS, Sheet};
use super::super::{Column, Value};
use crate::error::{Error, Result};
use crate::event::{TICKS_PER_SECOND, Timestamp};
use crate::findings::{Extract, Finding, Note, Parts, Reported, RuleOfCase, RuleVersion};
use crate::store::Import;

use book::Table;
use evidence::{Batches, Rooms};

/// What only the analyst who asks has not seen is nothing for a report, and hidden evidence is not in it.
const LEFT_OUT: [&str; 3] = ["unseen", "eventsUnseen", "hiddenBy"];

/// What stands before the columns of an event.
const OF_FINDING: [&str; 7] =
    ["finding", "rule", "classification", "determination", "status", "tags", "deviceId"];

/// Writes the workbook: Summary, Findings, Evidence (a row an event, going on in `Evidence 2` where a sheet is full),
/// Notes, History, Devices, Rules (a row a version), Inputs and Suppressions.
///
/// # Errors
/// The case's database, the temporary files that the sheets are kept in, or what `out` says.
pub fn write<W: Write>(out: &mut W, extract: &Extract<'_>) -> Result<()> {
    let mut book = Workbook::new();
    book.use_zip_large_file(true).set_properties(&properties(extract));
    let summary = summary::sheet(&mut book, extract)?;
    let [findings, notes, history] = sheets_of_findings(&mut book, extract)?;
    let mut evidence = Table::new(&mut book, "Evidence", evidence_columns())?;
    let planned = evidence.leave_room(&mut book, u64::try_from(extract.events()).unwrap_or_default())?;
    let rooms = Rooms::after(1 + findings.len(), planned);
    let sheets = [
        vec![summary],
        findings,
        evidence.finish()?,
        notes,
        history,
        whole(&mut book, "Devices", &DEVICES, &extract.devices)?,
        rules(&mut book, extract)?,
        whole(&mut book, "Inputs", &IMPORTS, &extract.imports)?,
        suppressions(&mut book, extract)?,
    ];
    for sheet in sheets.into_iter().flatten() {
        book.push_worksheet(sheet);
    }
    let mut packed = fill(pack(book)?, rooms, extract)?;
    packed.rewind()?;
    io::copy(&mut packed, out)?;
    Ok(out.flush()?)
}

/// Packs the workbook, its evidence still missing, into a file that nobody else sees.
fn pack(mut book: Workbook) -> Result<File> {
    let mut file = tempfile::tempfile()?;
    let mut packed = io::BufWriter::new(&mut file);
    book.save_to_writer(&mut packed).map_err(from_xlsx)?;
    packed.flush()?;
    drop(packed);
    file.rewind()?;
    Ok(file)
}

/// Reads the evidence, while a thread of its own lays it out and packs it: that takes as long.
fn fill(book: File, rooms: Rooms, extract: &Extract<'_>) -> Result<File> {
    let (batches, receiver) = Batches::new();
    thread::scope(|scope| {
        let writer = scope.spawn(move || evidence::fill(book, &rooms, receiver));
        let read = read_evidence(extract, batches);
        // Whoever fails first makes the other stop; what the writer says is the cause then.
        let packed = writer.join().map_err(|_| io::Error::other("the evidence could not be packed"))??;
        read.map(|()| packed)
    })
}

fn read_evidence(extract: &Extract<'_>, mut batches: Batches) -> Result<()> {
    for reported in &extract.findings {
        let finding = &reported.finding;
        let of_finding: Arc<[Value]> = cells_of_finding(finding).into();
        extract.each_event(finding.id, None, &mut |event| batches.add((Arc::clone(&of_finding), event)))?;
    }
    batches.hand_on()
}

/// The crate's error for what the workbook says.
fn from_xlsx(error: XlsxError) -> Error {
    Error::Output(match error {
        XlsxError::IoError(cause) => cause,
        other => io::Error::other(other),
    })
}

/// The document's properties: made at the as-of, since the same case gives the same bytes.
fn properties(extract: &Extract<'_>) -> DocProperties {
    let seconds = extract.as_of.map_or(0, |at| at.ticks().div_euclid(TICKS_PER_SECOND));
    let made = ExcelDateTime::from_timestamp(seconds).or_else(|_| ExcelDateTime::from_timestamp(0));
    let properties = DocProperties::new().set_title("huntcase report").set_author("huntcase");
    match made {
        Ok(made) => properties.set_creation_datetime(&made),
        Err(_) => properties,
    }
}

/// The sheets Findings, Notes and History.
fn sheets_of_findings(book: &mut Workbook, extract: &Extract<'_>) -> Result<[Vec<Worksheet>; 3]> {
    let mut findings = Table::new(book, "Findings", finding_columns())?;
    let mut notes = Table::new(book, "Notes", named(["finding", "rule", "deviceName", "at", "by", "text"]))?;
    let mut history = Table::new(book, "History", HISTORY.columns())?;
    for reported in &extract.findings {
        let parts = extract.parts(reported.finding.id)?;
        findings.row(book, &finding_row(reported, &parts))?;
        for note in &parts.notes {
            notes.row(book, &note_row(&reported.finding, note))?;
        }
        for entry in &parts.history {
            history.row(book, &HISTORY.row(entry))?;
        }
    }
    Ok([findings.finish()?, notes.finish()?, history.finish()?])
}

fn note_row(finding: &Finding, note: &Note) -> Vec<Value> {
    vec![
        finding.id.to_string().into(),
        finding.rule.as_str().into(),
        finding.device_name.as_str().into(),
        note.at.to_string().into(),
        note.by.as_str().into(),
        note.text.as_str().into(),
    ]
}

fn named<const N: usize>(names: [&'static str; N]) -> Vec<Column> {
    names.into_iter().map(Column::named).collect()
}

fn finding_columns() -> Vec<Column> {
    let mut columns = FINDINGS.columns();
    columns.extend(named(["change", "eventsAdded", "changesAdded", "ruleVersions", "imports"]));
    columns
}

fn finding_row(reported: &Reported, parts: &Parts) -> Vec<Value> {
    let mut row = FINDINGS.row(&reported.finding);
    let news = reported.news;
    let file = |import: &Import| format!("{} sha256 {}", import.file_name, import.sha256);
    row.extend([
        news.map(|news| news.name().to_owned()).into(),
        news.map(|news| news.events).into(),
        news.map(|news| news.changes).into(),
        Value::List(parts.rule_versions.clone()),
        Value::List(parts.imports.iter().map(file).collect()),
    ]);
    row
}

fn evidence_columns() -> Vec<Column> {
    let mut columns = named(OF_FINDING);
    columns.extend(EVIDENCE.columns());
    columns
}

/// The cells of [`OF_FINDING`].
fn cells_of_finding(finding: &Finding) -> Vec<Value> {
    vec![
        finding.id.to_string().into(),
        finding.rule.as_str().into(),
        finding.classification.name().into(),
        finding.determination.name().into(),
        finding.status.name().into(),
        Value::List(finding.tags.clone()),
        finding.device_id.as_str().into(),
    ]
}

/// A table with all rows of one kind.
fn whole<T>(
    book: &mut Workbook,
    name: &'static str,
    sheet: &Sheet<T>,
    items: &[T],
) -> Result<Vec<Worksheet>> {
    let mut table = Table::new(book, name, sheet.columns())?;
    for item in items {
        table.row(book, &sheet.row(item))?;
    }
    table.finish()
}

/// The rules, a row a version.
fn rules(book: &mut Workbook, extract: &Extract<'_>) -> Result<Vec<Worksheet>> {
    let columns = [
        "rule",
        "id",
        "hunt",
        "version",
        "sha256",
        "firstRunAt",
        "ranLast",
        "windowStart",
        "windowEnd",
        "events",
        "severity",
        "tactics",
        "techniques",
        "hypothesis",
        "falsePositives",
        "sqlText",
    ];
    let mut table = Table::new(book, "Rules", named(columns))?;
    for rule in &extract.rules {
        for (index, version) in rule.versions.iter().enumerate() {
            table.row(book, &version_row(rule, version, index + 1 == rule.versions.len()))?;
        }
    }
    table.finish()
}

fn version_row(rule: &RuleOfCase, version: &RuleVersion, ran_last: bool) -> Vec<Value> {
    let head = version.head.as_ref();
    let window = rule.window.as_ref();
    vec![
        rule.name.as_str().into(),
        rule.id.as_str().into(),
        rule.hunt.map(|id| id.to_string()).into(),
        head.map(|head| head.version.clone()).into(),
        version.sha256.as_str().into(),
        version.first_run_at.to_string().into(),
        ran_last.into(),
        window.and_then(|window| window.start).map(|at| at.to_string()).into(),
        window.and_then(|window| window.end).map(|at| at.to_string()).into(),
        version.events.into(),
        head.map(|head| head.severity.name().to_owned()).into(),
        head.map_or(Value::Null, |head| Value::List(head.tactics.clone())),
        head.map_or(Value::Null, |head| Value::List(head.techniques.clone())),
        head.map(|head| head.hypothesis.clone()).into(),
        head.map(|head| head.false_positives.clone()).into(),
        version.text.as_str().into(),
    ]
}

/// The suppressions, as they stand at the as-of.
fn suppressions(book: &mut Workbook, extract: &Extract<'_>) -> Result<Vec<Worksheet>> {
    let at = |added: Timestamp| extract.as_of.unwrap_or(added);
    let standing: Vec<_> = extract.suppressions.iter().map(|one| (one.clone(), at(one.at))).collect();
    whole(book, "Suppressions", &SUPPRESSIONS, &standing)
}
