//! What an export is taken for, told from its head.

use std::collections::BTreeMap;

use super::kind::{open_input, open_rows};
use super::refusal::Accepted;
use super::tables::{Owner, owner_of};
use super::{Form, Origin, Row};
use crate::error::Result;
use crate::event::{Column, ColumnSet, Local, Reading, Sample, Spelled, Texts, TimeZone, Timestamp, Zone};

/// How many rows are looked at.
const ROWS: u64 = 1000;
/// How many events are shown.
const EVENTS: usize = 3;

/// What an export is taken for.
#[derive(Debug, Default)]
pub struct Explanation {
    /// `csv`, `json` or `xlsx`.
    pub format: &'static str,
    /// Whether it is a member of a zip archive.
    pub is_member: bool,
    /// What it is packed in besides, and its encoding.
    pub form: Form,
    /// The sheets of a workbook that are read; none where it is no workbook.
    pub sheets: Vec<String>,
    /// What separates the cells; None where there are none.
    pub separator: Option<char>,
    /// What stands around the rows, in words; None where nothing does.
    pub wrapper: Option<String>,
    /// Why rows are missing, in the words of the service that sent them.
    pub partial: Option<String>,
    /// The published columns that are read.
    pub columns: ColumnSet,
    /// Headings that are read as a column of another name.
    pub read_as: Vec<(String, Column)>,
    /// Other columns, kept beside the published ones.
    pub others: Vec<String>,
    /// The published columns that are not there.
    pub missing: Vec<Column>,
    /// The first time, and how it is read.
    pub time: Option<TimeSeen>,
    /// How many rows were looked at.
    pub rows: u64,
    /// How many of them are of other tables, by the table's name.
    pub other_tables: BTreeMap<String, u64>,
    /// The first row that cannot be read: its line, and why.
    pub rejected: Option<(u64, String)>,
    /// The first events, as their texts stand in the export.
    pub events: Vec<EventSeen>,
}

/// The first time of an export.
#[derive(Debug)]
pub struct TimeSeen {
    /// Where it stands, and how.
    pub sample: Sample,
    /// What it is read as; None where that is not known without more.
    pub instant: Option<Timestamp>,
    /// Both readings of a date of figures, the day first and the month first.
    pub readings: Option<(Option<Timestamp>, Option<Timestamp>)>,
    /// What says the zone.
    pub zone: ZoneSaid,
}

/// What says the zone of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneSaid {
    /// The time itself.
    Time,
    /// The heading: UTC.
    Heading,
    /// Whoever asked: this one.
    Asked(TimeZone),
    /// Nothing: it is read as UTC.
    Nothing,
    /// The heading says that it is local, and nothing says which: it cannot be read.
    Unknown,
}

/// An event, by texts of its row.
#[derive(Debug)]
pub struct EventSeen {
    /// The line of its row.
    pub line: u64,
    /// Columns that tell it, with their texts.
    pub texts: Vec<(Column, String)>,
}

/// Reads the head of an export, and changes nothing.
///
/// # Errors
/// The file cannot be read, or is not ours.
pub fn explain(name: &str, mut origin: Origin, reading: &Reading) -> Result<Explanation> {
    explain_origin(&mut origin, reading).map_err(|refusal| refusal.of(name))
}

fn explain_origin(origin: &mut Origin, reading: &Reading) -> Accepted<Explanation> {
    let (mut rows, format) = open_rows(open_input(origin)?)?;
    let form = rows.input().form().clone();
    let mut explanation = Explanation {
        format,
        is_member: !origin.member().is_empty(),
        form,
        separator: rows.separator(),
        ..Explanation::default()
    };
    while explanation.rows < ROWS {
        let Some(row) = rows.next_row()? else { break };
        explanation.rows += 1;
        explanation.see(row, reading);
    }
    explanation.sheets = rows.remarks().sheets();
    explanation.wrapper = rows.remarks().wrapper().map(str::to_owned);
    explanation.partial = rows.remarks().partial().map(str::to_owned);
    explanation.columns = rows.columns();
    explanation.others = rows.other_columns();
    explanation.read_as = rows.read_otherwise();
    let of_event = &Column::ALL[..Column::BilledSize as usize];
    explanation.missing =
        of_event.iter().copied().filter(|column| !explanation.columns.has(*column)).collect();
    Ok(explanation)
}

impl Explanation {
    fn see(&mut self, row: Row<'_>, reading: &Reading) {
        match row {
            Row::Rejected { line, reason, .. } => _ = self.rejected.get_or_insert((line, reason)),
            Row::OtherTable(table) => *self.other_tables.entry(table.to_owned()).or_default() += 1,
            Row::Event { line, fields, .. } => match owner_of(fields.texts()) {
                Owner::Other(table) => *self.other_tables.entry(table.to_owned()).or_default() += 1,
                Owner::Ours => {
                    self.see_time(fields.texts(), fields.zones(), reading);
                    match fields.read_as(reading).to_event() {
                        Err(fault) if !fault.is_unsettled() => {
                            self.rejected.get_or_insert((line, fault.to_string()));
                        }
                        _ if self.events.len() < EVENTS => self.events.push(event_seen(line, fields.texts())),
                        _ => {}
                    }
                }
            },
        }
    }

    fn see_time(&mut self, texts: &dyn Texts, zones: (ColumnSet, ColumnSet), reading: &Reading) {
        if self.time.is_some() {
            return;
        }
        let columns = [Column::Timestamp, Column::TimeGenerated];
        let Some(column) = columns.into_iter().find(|column| !texts.text(*column).is_empty()) else { return };
        let value = texts.text(column).to_owned();
        let spelled = match Timestamp::parse(&value) {
            Some((instant, Zone::Stated)) => Some(Spelled::Instant(instant)),
            Some((local, Zone::Assumed)) => Some(Spelled::Local(local)),
            None => Spelled::read(&value),
        };
        let zone = zone_said(spelled, column, zones, reading);
        let readings = match spelled {
            Some(Spelled::Figures { day_first, month_first }) => Some((day_first, month_first)),
            _ => None,
        };
        let instant = texts_alone(spelled, zone, reading);
        self.time = Some(TimeSeen { sample: Sample { column, value }, instant, readings, zone });
    }
}

fn zone_said(
    spelled: Option<Spelled>,
    column: Column,
    (local, utc): (ColumnSet, ColumnSet),
    reading: &Reading,
) -> ZoneSaid {
    match (spelled, reading.zone) {
        (Some(Spelled::Instant(_)), _) => ZoneSaid::Time,
        _ if utc.has(column) => ZoneSaid::Heading,
        (_, Some(zone)) => ZoneSaid::Asked(zone),
        _ if local.has(column) => ZoneSaid::Unknown,
        _ => ZoneSaid::Nothing,
    }
}

/// The instant that a time is, where its text, its heading and what was asked for say all of it.
fn texts_alone(spelled: Option<Spelled>, zone: ZoneSaid, reading: &Reading) -> Option<Timestamp> {
    let spelled = match reading.order {
        Some(order) => spelled?.in_order(order)?,
        None => spelled?,
    };
    let zone = match zone {
        ZoneSaid::Unknown => return None,
        ZoneSaid::Asked(zone) => zone,
        _ => TimeZone::UTC,
    };
    match spelled {
        Spelled::Instant(instant) => Some(instant),
        Spelled::Local(local) => match zone.instant_of(local) {
            Local::Once(instant) | Local::Twice(instant) => Some(instant),
            Local::Never => None,
        },
        _ => None,
    }
}

fn event_seen(line: u64, texts: &dyn Texts) -> EventSeen {
    let columns = [
        Column::Timestamp,
        Column::TimeGenerated,
        Column::DeviceName,
        Column::DeviceId,
        Column::InitiatingProcessParentFileName,
        Column::InitiatingProcessFileName,
        Column::FileName,
        Column::ProcessCommandLine,
        Column::AccountName,
        Column::ReportId,
    ];
    let filled = columns.into_iter().filter(|column| !texts.text(*column).is_empty());
    EventSeen { line, texts: filled.map(|column| (column, texts.text(column).to_owned())).collect() }
}
