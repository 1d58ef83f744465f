//! The values of one row.

use std::collections::BTreeMap;

use huntcase::event::{Column, DateOrder, Fields, Kind, ProcessEvent, Reading, Texts, TimeZone, Timestamp};

use crate::rows::event_of;

/// A row: texts by column.
struct Cells<'a>(BTreeMap<&'static str, &'a str>);

impl Texts for Cells<'_> {
    fn text(&self, column: Column) -> &str {
        self.0.get(column.name()).copied().unwrap_or_default()
    }
}

/// A row is the same event when its values are written as this program writes them. Where something has to be settled
/// first, saying it does settle it. The first line is a zone and an order of dates, such as `Europe/Berlin dmy`; each
/// other one is a cell, such as `ProcessId=4`.
pub fn values(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (first, cells) = text.split_once('\n').unwrap_or((text, ""));
    let (zone, order) = first.split_once(' ').unwrap_or((first, ""));
    let (zone, order) = (zone.parse::<TimeZone>().ok(), order.parse::<DateOrder>().ok());
    let pairs = cells.lines().filter_map(|line| line.split_once('='));
    let cells =
        Cells(pairs.filter_map(|(name, cell)| Some((Column::from_name(name)?.name(), cell))).collect());
    let fields = Fields::new(&cells, "");
    let _ = event_of(&fields);
    let reading = Reading::new(zone, order);
    match event_of(&fields.read_as(&reading)) {
        Err(fault) if fault.is_unsettled() => check_settled(&fields),
        Err(fault) => assert_eq!(fault.value, cells.text(fault.column), "{fault}"),
        Ok(_) => check_written(&cells, &reading),
    }
}

fn check_settled(fields: &Fields<'_>) {
    for order in [DateOrder::DayFirst, DateOrder::MonthFirst] {
        let reading = Reading::new(Some(TimeZone::UTC), Some(order));
        let fault = event_of(&fields.read_as(&reading)).err();
        assert!(fault.is_none_or(|fault| !fault.is_unsettled()), "nothing settles it");
    }
}

/// Writes what is not text as this program does, and reads it as texts of its own.
fn check_written(cells: &Cells<'_>, reading: &Reading) {
    let event = Fields::new(cells, "").read_as(reading).to_event().expect("it was read before");
    let written = typed_values(&event);
    let mut own = BTreeMap::new();
    for column in Column::ALL {
        let text = match column.kind() {
            Kind::String => cells.text(*column),
            _ => written.get(column.name()).map_or("", String::as_str),
        };
        own.insert(column.name(), text);
    }
    // What cells of text say is the reading's own, and so is a ReportId that is no number.
    let own = Cells(own);
    let again = Fields::new(&own, "").to_event().expect("what is written can be read");
    assert_eq!(typed_values(&again), written);
}

/// The values of an event that are no texts, as this program writes them.
fn typed_values(event: &ProcessEvent<'_>) -> BTreeMap<&'static str, String> {
    use Column as C;
    let number = |number: Option<i64>| number.map(|number| number.to_string());
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
    let truth = |truth: Option<bool>| truth.map(|truth| truth.to_string());
    let (created, initiating) = (&event.created, &event.initiating);
    let values = [
        (C::Timestamp, time(Some(event.time))),
        (C::TimeGenerated, time(event.time_generated)),
        (C::ReportId, number(event.report_id)),
        (C::BilledSize, event.billed_size.map(|size| size.to_string())),
        (C::FileSize, number(created.image.size_bytes)),
        (C::ProcessId, number(created.pid)),
        (C::ProcessCreationTime, time(created.creation_time)),
        (C::LogonId, number(created.logon.logon_id)),
        (C::CreatedProcessSessionId, number(created.logon.session_id)),
        (C::IsProcessRemoteSession, truth(created.logon.is_remote)),
        (C::InitiatingProcessFileSize, number(initiating.process.image.size_bytes)),
        (C::InitiatingProcessId, number(initiating.process.pid)),
        (C::InitiatingProcessCreationTime, time(initiating.process.creation_time)),
        (C::InitiatingProcessLogonId, number(initiating.process.logon.logon_id)),
        (C::InitiatingProcessSessionId, number(initiating.process.logon.session_id)),
        (C::IsInitiatingProcessRemoteSession, truth(initiating.process.logon.is_remote)),
        (C::InitiatingProcessParentId, number(initiating.parent_pid)),
        (C::InitiatingProcessParentCreationTime, time(initiating.parent_creation_time)),
    ];
    values.into_iter().filter_map(|(column, value)| Some((column.name(), value?))).collect()
}
